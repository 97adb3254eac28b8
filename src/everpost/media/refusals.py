"""Reasons why an uploaded file is refused. The messages are for the person who uploads it."""

from everpost.errors import EverpostError


class Refused(EverpostError):
    """The file is refused, and would be refused again."""


class UnsupportedType(Refused):
    """The type of the file is not accepted."""


class TooLarge(Refused):
    """The file, or what it contains, is larger than a limit."""


class TooCostly(Refused):
    """Reading the file takes more time or memory than a limit."""


class Damaged(Refused):
    """The file is incomplete, or is not what it claims to be."""

    def __init__(self, name: str, reason: str, *, position: int | None = None) -> None:
        """`name`: of the format. `position`: the first byte that is wrong, if it is known."""
        where = "" if position is None else f" at byte {position:,}"
        super().__init__(f"This {name} file is damaged{where}: {reason}.")
        self.name = name
        self.reason = reason
        self.position = position
