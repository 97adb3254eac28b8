"""The form as it was opened, compressed into one hidden field: the common base of a conflict."""

import base64
import binascii
import json
import zlib

from everpost.web.desk.writing.fields.post_form import FIELDS, Typed

_MOST = 7_000_000
"""Bytes: more than any post has."""


def packed(form: Typed) -> str:
    """The form as the value of a field."""
    return base64.b64encode(zlib.compress(json.dumps(dict(form), ensure_ascii=False).encode(), 1)).decode()


def unpacked(text: str) -> Typed | None:
    """The form in the value of a field; None if `packed` cannot have created it."""
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), _MOST)
        found = json.loads(content)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    is_form = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in FIELDS)
    return {name: found[name] for name in FIELDS} if is_form else None
