"""The `detail` of a validation error, which completes a sentence that begins with the field's name."""

import re
from collections.abc import Mapping
from typing import Any

_DETAILS = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "dict_type": "should be an object",
    "list_type": "should be a list",
    "string_type": "should be a string",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
}
"""By the type of Pydantic's error (https://docs.pydantic.dev/latest/errors/validation_errors/)."""
_SUBJECT = re.compile(r"(Input|String|List|Value) (?=should )")
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""A member of an enumeration, for which clients send its value."""
_ADDITION = re.compile(r"( after validation)?, not \d+$")


def detail_of(error: Mapping[str, Any]) -> str:
    """The detail of an error in Pydantic's form. Everpost's own messages have the same style already."""
    given = _DETAILS.get(error.get("type", "")) or _SUBJECT.sub("", error["msg"], count=1)
    return _MEMBER.sub(r"\1", _ADDITION.sub("", given))
