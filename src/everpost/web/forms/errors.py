"""Forms that were not accepted."""

from collections.abc import Mapping
from types import MappingProxyType

WHOLE = ""
"""The field of an error that belongs to the whole form."""


class FormError(Exception):
    """A form that was not accepted, with a message for each field that must change."""

    def __init__(
        self, status: int, errors: Mapping[str, str], headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = errors
        self.headers = headers
