"""All errors. They state facts about the blog, and have no HTTP status."""

from collections.abc import Sequence
from datetime import datetime


class EverpostError(Exception):
    """Base class of all errors of Everpost. The message is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(EverpostError):
    """The resource does not exist, or the actor may not know that it does."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(f"There is no {noun} {name!r}.")
        self.noun = noun


class Conflict(EverpostError):
    """Another resource already has this unique value."""

    def __init__(self, noun: str, field: str) -> None:
        value = "one of these paths" if field == "paths" else f"this {field}"
        place = ", which may be in the trash," if noun == "post" and field != "id" else ""
        super().__init__(f"Another {noun}{place} already has {value}.")
        self.noun = noun
        self.field = field


class LastAdmin(Conflict):
    """The write would leave no enabled admin."""

    def __init__(self) -> None:
        EverpostError.__init__(
            self, "This is the last enabled admin. Give another user the role admin first."
        )
        self.noun, self.field = "user", "role"


class TooManyTokens(Conflict):
    """The user has the maximum number of tokens."""

    def __init__(self, most: int) -> None:
        EverpostError.__init__(
            self, f"You already have {most} tokens, the maximum. Revoke one that you no longer need."
        )
        self.noun, self.field = "token", "name"


class NoPages(Conflict):
    """The blog has no pages that links could lead to."""

    def __init__(self) -> None:
        EverpostError.__init__(
            self,
            "This server has no pages. Set `base_url` to the address of the server that has them.",
        )
        self.noun, self.field = "blog", "base_url"


class InTrash(Conflict):
    """The post is in the trash, where nothing can change it."""

    def __init__(self) -> None:
        EverpostError.__init__(self, "This post is in the trash. Restore it first.")
        self.noun, self.field = "post", "status"


class NotInTrash(Conflict):
    """The post is not in the trash, so it cannot be restored."""

    def __init__(self) -> None:
        EverpostError.__init__(self, "This post is not in the trash.")
        self.noun, self.field = "post", "status"


class ParentRemoved(Conflict):
    """The comment cannot be restored, because the one that it replies to does not exist."""

    def __init__(self, parent_id: str) -> None:
        EverpostError.__init__(
            self, f"The comment {parent_id!r}, to which this one replies, was deleted, too. Restore it first."
        )
        self.noun, self.field = "comment", "parent_id"


class Stale(EverpostError):
    """The resource has changed since the writer read it; if that is known, at this time."""

    def __init__(self, noun: str, name: str, *, changed_at: datetime | None = None) -> None:
        when = "" if changed_at is None else f", at {changed_at:%Y-%m-%dT%H:%M:%SZ}"
        super().__init__(
            f"The {noun} {name!r} has changed since you read it{when}: fetch it again and retry."
        )
        self.noun = noun
        self.changed_at = changed_at


class InUse(Conflict):
    """The file is used by posts."""

    def __init__(self, uses: Sequence[tuple[str, str]] = ()) -> None:
        """`uses`: the titles and ids of posts that may be named; others may use the file, too."""
        EverpostError.__init__(self, "Posts use this file. Remove it from them first.")
        self.noun, self.field = "file", "uses"
        self.uses = uses


class OutOfSpace(EverpostError):
    """There is no space left for the bytes of a file."""

    def __init__(self) -> None:
        super().__init__("There is no space left to store this file.")


class PreconditionRequired(EverpostError):
    """A precondition is required: the decision does not name a revision."""


class Invalid(EverpostError):
    """A value breaks a rule of the blog."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Unauthenticated(EverpostError):
    """Authentication is required."""

    def __init__(
        self, message: str = "Authentication required: send a bearer token.", *, is_bad_token: bool = False
    ) -> None:
        super().__init__(message)
        self.is_bad_token = is_bad_token


class Forbidden(EverpostError):
    """The actor may see the resource, but not do this."""


class TooMany(EverpostError):
    """A rate limit is exceeded."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds."""


class Busy(EverpostError):
    """The database did not respond in time, or is unreachable. The change may have been made: repeat the
    request with the same id to find out.
    """

    def __init__(self, message: str = "The database did not respond in time. Try again.") -> None:
        super().__init__(message)


class Unreachable(EverpostError):
    """The database does not respond, or refuses the login."""


class SchemaMismatch(EverpostError):
    """The schema belongs to an older or a newer version of Everpost."""


class DataLoss(EverpostError):
    """A step of a migration would drop something that holds data."""


class Misconfigured(EverpostError):
    """A setting is invalid."""


class Unfinished(EverpostError):
    """The database holds part of a blog: a copy or an import was interrupted."""


class Occupied(EverpostError):
    """A database is not empty, but must be."""


class WrongAnswer(EverpostError):
    """The application gave an unexpected response while it was measured."""


class UnreadableSource(EverpostError):
    """Parts of an import source cannot be read; the report lists them."""


class BrokenFile(EverpostError):
    """A file is malformed or unreadable."""

    def __init__(self, name: str, place: str, reason: str) -> None:
        super().__init__(f"{name}, {place}: {reason}" if place else f"{name}: {reason}")
        self.name = name
        self.place = place
        self.reason = reason
