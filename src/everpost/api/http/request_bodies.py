"""Reads request bodies: JSON in UTF-8, with limits on size, nesting and time."""

import asyncio
import json
import re
from itertools import accumulate
from typing import NoReturn

from fastapi import HTTPException, Request
from starlette.types import Message, Receive, Scope

from everpost.api.http.media_types import is_json

KIBIBYTE = 1024
MAX_BODY = 64 * KIBIBYTE
"""Bytes, unless the route sets another limit."""
MAX_COMMENT_BODY = 128 * KIBIBYTE
"""Bytes: 20,000 characters of any script, as UTF-8 or as `\\u` escapes."""
MAX_POST_BODY = 2048 * KIBIBYTE
MAX_WORKING_COPY_BODY = 2 * MAX_POST_BODY
"""A working copy is sent with its base, once."""
MAX_FORM_BODY = 16 * KIBIBYTE
"""Bytes: a password of 1,000 characters takes up to 12,000, percent-encoded."""
UPLOAD_BODY = 2**63 - 1
"""For a route whose endpoint reads a body of any size itself (`http.uploads`)."""
MAX_LEVELS = 100
"""Of nested arrays and objects."""

_LENGTH = re.compile("[0-9]{1,19}")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A JSON string, or one that is not terminated. The pattern never backtracks."""
_STEPS = [0] * 256
for _opening, _closing in zip(b"[{", b"]}", strict=True):
    _STEPS[_opening], _STEPS[_closing] = 1, -1
_NO_BRACKETS = bytes(code for code in range(256) if not _STEPS[code])


class BodyRequest(Request):
    """A request whose body must have at most `max_body` bytes and arrive within `timeout` seconds."""

    def __init__(self, scope: Scope, receive: Receive, *, max_body: int, timeout: float) -> None:
        super().__init__(scope, receive)
        self._max_body = max_body
        self._timeout = timeout

    async def body(self) -> bytes:
        """The whole body. Raises HTTPException: 400 if it is incomplete, 408 if it is too slow, 413 if it is
        too large.
        """
        if not hasattr(self, "_body"):
            try:
                async with asyncio.timeout(self._timeout):
                    self._body = await self._read()
            except TimeoutError:
                headers = {"connection": "close"}
                raise HTTPException(408, "The request body did not arrive in time.", headers) from None
        return self._body

    async def json(self) -> object:
        """The value in the body, parsed more strictly than Python does, by RFC 8259. Raises HTTPException as
        `body` does; also 415 if the body is not declared to be JSON, and 400 if it is not JSON.
        """
        if not is_json(self.headers):
            raise HTTPException(415, "Send the request body as application/json, in UTF-8.")
        body = await self.body()
        if _is_too_deep(body):
            raise HTTPException(
                400, f"The request body nests arrays and objects more than {MAX_LEVELS} levels deep."
            )
        try:
            value: object = _DECODER.decode(body.decode("utf-8"))
        except ValueError:  # broken UTF-8 or JSON, a number too long
            raise HTTPException(400, "The request body is not valid JSON in UTF-8.") from None
        return value

    async def _read(self) -> bytes:
        announced = self.headers.get("content-length", "0")
        if not _LENGTH.fullmatch(announced):
            raise HTTPException(400, "The Content-Length header is malformed.")
        if int(announced) > self._max_body:
            raise self._too_large()
        body, is_whole = bytearray(), False
        while not is_whole:
            message: Message = await self.receive()
            if message["type"] == "http.disconnect":  # the client disconnected, or its framing was broken
                raise HTTPException(400, "The request body is incomplete.")
            body += message.get("body", b"")
            if len(body) > self._max_body:
                raise self._too_large()
            is_whole = not message.get("more_body", False)
        return bytes(body)

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"The request body exceeds {self._max_body:,} bytes.")


def _is_too_deep(body: bytes) -> bool:
    """Whether arrays and objects are nested too deeply. Checked before the body is parsed."""
    if body.count(b"[") + body.count(b"{") <= MAX_LEVELS:
        return False
    brackets = _STRING.sub(b"", body).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > MAX_LEVELS


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
