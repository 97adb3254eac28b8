"""The fields of files as plain JSON values."""

import re

from everpost.domain.media.files import MAX_MEDIA_NAME
from everpost.domain.record_kinds.fields import Field, text
from everpost.errors import Invalid

_NAME = re.compile(r"[a-z0-9-]+\.[a-z0-9]{1,5}")
_TEXT = text(1, MAX_MEDIA_NAME)


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise Invalid(name, "should be true or false")


def _check_name(name: str, value: object) -> None:
    _TEXT.check(name, value)
    if not _NAME.fullmatch(str(value)):
        raise Invalid(name, "should be lower-case letters, digits and hyphens, and an extension")


FLAG = Field(_check_flag)
MEDIA_NAME = Field(_check_name)
