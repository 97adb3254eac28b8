"""Reads HTML forms."""

import asyncio
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

from everpost.api.http.media_types import FORM, is_form

_MAX_FIELDS = 20
_READ = "form"
"""The attribute of the request's state with the fields."""
_SHORT = 50_000
"""The number of bytes up to which a body is decoded on the event loop, in a few milliseconds."""


async def read_form(request: Request, *, max_fields: int = _MAX_FIELDS) -> dict[str, str]:
    """The fields of the form in the body. Raises HTTPException if it is malformed or has more fields."""
    setattr(request.state, _READ, {})
    if not is_form(request.headers):
        raise HTTPException(415, f"Send the request body as {FORM}, in UTF-8.")
    try:
        body = (await request.body()).decode("ascii")
        decode = partial(
            parse_qsl,
            body,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=max_fields,
        )
        fields = decode() if len(body) <= _SHORT else await asyncio.to_thread(decode)
    except ValueError:
        raise HTTPException(400, "The request body is not a valid form in UTF-8.") from None
    if len(fields) > len(dict(fields)):
        raise HTTPException(400, "The form contains a field more than once.")
    setattr(request.state, _READ, dict(fields))
    return dict(fields)


def form_already_read(request: Request) -> Mapping[str, str] | None:
    """The fields of the form, for error pages; empty if it was malformed; None if nobody has read it yet.
    Reading the body again would wait forever.
    """
    found: Mapping[str, str] | None = getattr(request.state, _READ, None)
    return found
