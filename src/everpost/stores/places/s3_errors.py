"""The meaning of errors of S3-compatible storage. Their own messages are never shown: they have key ids."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from obstore.exceptions import BaseError

from everpost.errors import Busy, OutOfSpace

FAILURES = (BaseError, OSError)
"""The errors that obstore raises."""
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_FULL = re.compile(r"Quota|StorageFull|InsufficientStorage")
"""In the codes of MinIO, Ceph and others: no two have the same."""
_INSUFFICIENT_STORAGE = 507
_TOO_MANY = 429
_SERVER_ERROR = 500
_INSTANCE_METADATA = "http://169.254."
"""The address at which a virtual machine asks for credentials, if the environment has none."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that failed."""

    status: int | None
    """None if there was no response."""
    code: str

    @property
    def is_full(self) -> bool:
        return self.status == _INSUFFICIENT_STORAGE or _FULL.search(self.code) is not None

    @property
    def is_passing(self) -> bool:
        """Whether it may succeed later without any change."""
        return self.status is None or self.status >= _SERVER_ERROR or self.status == _TOO_MANY

    @property
    def reason(self) -> str:
        if self.status is None:
            return self.code or "it does not respond"
        return f"it answered {self.status}{self.code and f' ({self.code})'}"


def failure_of(error: BaseError | OSError) -> Failure:
    """The facts in an error of obstore, which has them only in its message."""
    message = str(error).partition("Debug source")[0]
    if _INSTANCE_METADATA in message:
        return Failure(401, "NoCredentials")
    status, code = _STATUS.search(message), _CODE.search(message)
    return Failure(int(status[1]) if status else None, code[1] if code else "")


@contextmanager
def as_facts() -> Iterator[None]:
    """Raise OutOfSpace or Busy for the errors of obstore."""
    try:
        yield
    except FAILURES as error:
        failure = failure_of(error)
        if failure.is_full:
            raise OutOfSpace from None
        raise Busy(f"The storage for media failed: {failure.reason}. Try again.") from None
