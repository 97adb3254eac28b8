"""Parses the `Content-Type` of requests (RFC 9110, section 8.3)."""

import re

from starlette.datastructures import Headers

FORM = "application/x-www-form-urlencoded"

_MAX_LENGTH = 200
"""Characters. A longer Content-Type is not parsed: the standard library's parsers are quadratic."""
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE = re.compile(rf"[ \t]*({_WORD}/{_WORD})[ \t]*")
_PARAMETER = re.compile(rf';[ \t]*(?:({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*+"))?[ \t]*')
_JSON = re.compile(r"application/(?:.+\+)?json")
_UTF_8 = {"utf-8", "utf8"}


def is_json(headers: Headers) -> bool:
    """Whether the headers declare the body to be JSON in UTF-8."""
    media_type = _utf_8_type(headers)
    return media_type is not None and _JSON.fullmatch(media_type) is not None


def is_form(headers: Headers) -> bool:
    """Whether the headers declare the body to be a form in UTF-8."""
    return _utf_8_type(headers) == FORM


def _utf_8_type(headers: Headers) -> str | None:
    """The media type in lower case; None if it is missing, repeated, malformed, too long or not UTF-8."""
    sent = headers.getlist("content-type")
    if len(sent) != 1 or len(sent[0]) > _MAX_LENGTH:
        return None
    found = _MEDIA_TYPE.match(sent[0])
    if found is None:
        return None
    media_type, end = found[1].lower(), found.end()
    while end < len(sent[0]):
        found = _PARAMETER.match(sent[0], end)
        if found is None:
            return None
        if (found[1] or "").lower() == "charset" and found[2].strip('"').lower() not in _UTF_8:
            return None
        end = found.end()
    return media_type
