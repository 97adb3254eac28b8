"""The bodies of requests: JSON in UTF-8, of bounded size, or refused."""

import json
import re
from collections.abc import Callable, Coroutine
from email.message import Message as MimeHeaders
from typing import Any, NoReturn

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2 * 1024 * 1024
"""Bytes."""

_LENGTH = re.compile("[0-9]{1,19}")


class JsonRoute(APIRoute):
    """A route of the contract: its body, where it takes one, is JSON; anything else is 415."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_json(request: Request) -> Response:
            if not _is_json(request.headers.get("content-type", "")):
                raise HTTPException(415, "The body must be application/json, in UTF-8.")
            json_request = JsonRequest(request.scope, request.receive)
            try:
                body = await json_request.body()
            except ClientDisconnect:  # nobody listens any more, unless only the framing was broken
                raise HTTPException(400, "The body is not whole.") from None
            if not body:  # FastAPI would take it for a field that is missing
                raise _not_json()
            return await handle(json_request)

        return handle_json

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette does, but for a newline at the end: `$` in its patterns looks past that."""
        return (Match.NONE, {}) if scope["path"].endswith("\n") else super().matches(scope)


class JsonRequest(Request):
    """A request that reads its body as RFC 8259 has it, more strictly than Python would."""

    async def json(self) -> object:
        """The value in the body; HTTPException 400 where there is none."""
        body = await self.body()
        try:
            return _DECODER.decode(body.decode("utf-8"))
        except (ValueError, RecursionError):  # broken UTF-8 or JSON, a number too long, nesting too deep
            raise _not_json() from None


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


def _not_json() -> HTTPException:
    return HTTPException(400, "The body is not JSON in UTF-8.")


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
