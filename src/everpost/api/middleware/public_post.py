"""A fast path for the most frequent request of readers."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from everpost.api.endpoints.posts import get_post
from everpost.api.middleware.security_headers import VARY
from everpost.domain.ids import Id
from everpost.domain.people.actors import PUBLIC
from everpost.errors import EverpostError

_Handle: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
_PATH = re.compile(r"/posts/([0-9a-f]{24})")
_VARY = ("Authorization",)


class PublicPost:
    """Middleware: for `GET /posts/{post_id}` without a token or a query, calls `get_post` directly, with the
    same arguments as its route would. That halves the time. All other requests go to their routes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        post_id = _public_post_id(scope)
        if post_id is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})[VARY] = _VARY
        answer = await _answer(scope, post_id)
        await answer(scope, receive, send)


def _public_post_id(scope: Scope) -> Id | None:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    found = _PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
    if found is None or any(name == b"authorization" for name, _ in scope["headers"]):
        return None
    application: FastAPI = scope["app"]
    return None if application.dependency_overrides else Id(found[1])


async def _answer(scope: Scope, post_id: Id) -> Response:
    application: FastAPI = scope["app"]
    state = application.state
    known = [str(value, "latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
    try:
        store = await state.lifecycle.store()
        return await get_post(
            store,
            state.response_cache,
            state.renderer,
            PUBLIC,
            post_id,
            if_none_match=known[0] if known else None,
        )
    except EverpostError as error:
        handle = cast("_Handle", application.exception_handlers[EverpostError])
        return await handle(Request(scope), error)
