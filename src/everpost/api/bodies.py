"""The bodies of requests: JSON in UTF-8, of bounded size, or refused."""

import json
import re
from collections.abc import Iterable
from email.message import Message as MimeHeaders
from typing import NoReturn

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2 * 1024 * 1024
"""Bytes."""
MAX_LEVELS = 100
"""Of arrays and objects in one another: what Python itself bears differs by its version."""

_LENGTH = re.compile("[0-9]{1,19}")


class JsonRequest(Request):
    """A request that reads its body as RFC 8259 has it, more strictly than Python would."""

    async def json(self) -> object:
        """The value in the body. HTTPException: 415, it does not say that it is JSON; 400, it is none."""
        if not _is_json(self.headers.get("content-type", "")):
            raise HTTPException(415, "The body must be application/json, in UTF-8.")
        try:
            body = await self.body()
        except ClientDisconnect:  # nobody listens any more, unless only the framing was broken
            raise HTTPException(400, "The body is not whole.") from None
        try:
            value: object = _DECODER.decode(body.decode("utf-8"))
        except RecursionError:
            raise _too_deep() from None
        except ValueError:  # broken UTF-8 or JSON, a number too long
            raise HTTPException(400, "The body is not JSON in UTF-8.") from None
        if _has_more_levels(value, MAX_LEVELS):
            raise _too_deep()
        return value


class BodyLimit:
    """Refuses a body of more than `MAX_BODY` bytes, whether it says so first or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            if not _LENGTH.fullmatch(announced):
                raise HTTPException(400, "Content-Length is not the length of a body.")
            if int(announced) > MAX_BODY:
                raise _too_large()
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise _too_large()
            return message

        await self.app(scope, receive_bounded, send)


def _has_more_levels(value: object, most: int) -> bool:
    level = [value]
    for _ in range(most):
        if not level:
            return False
        level = [part for each in level for part in _parts(each) if isinstance(part, list | dict)]
    return bool(level)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> HTTPException:
    return HTTPException(400, f"The body has arrays and objects more than {MAX_LEVELS} deep in one another.")


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body has more than {MAX_BODY} bytes.")


def _is_json(content_type: str) -> bool:
    if content_type == "application/json":
        return True
    headers = MimeHeaders()
    headers["content-type"] = content_type
    media_type = headers.get_content_type()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    charset = headers.get_content_charset("utf-8")
    return is_json and charset in ("utf-8", "utf8")


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
