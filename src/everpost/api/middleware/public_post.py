"""A fast path for the most frequent requests of readers."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias, cast
from urllib.parse import unquote_plus

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from everpost.api.endpoints.posts import get_post, list_post
from everpost.api.middleware.security_headers import VARY
from everpost.domain.ids import Id
from everpost.domain.people.actors import PUBLIC
from everpost.domain.post_paths import checked_path
from everpost.domain.posts import PostKey
from everpost.domain.text import unstorable_reason
from everpost.errors import EverpostError, Invalid

_Handle: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
_PATH = re.compile(r"/posts(?:/([0-9a-f]{24}))?")
_QUERY = re.compile(rb"(slug|path)=([^&;]+)")
_VARY = ("Authorization",)


class _Named(NamedTuple):
    """A post to find by its slug or by an old path."""

    key: PostKey
    value: str


class PublicPost:
    """Middleware: for `GET /posts/{post_id}`, `/posts?slug=` and `/posts?path=` without a token or other
    parameters, does what the route would do, with the same arguments. That halves the time. All other
    requests go to their routes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = _public_post(scope)
        if wanted is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})[VARY] = _VARY
        answer = await _answer(scope, wanted)
        await answer(scope, receive, send)


def _public_post(scope: Scope) -> Id | _Named | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = _PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
    if found is None or any(name == b"authorization" for name, _ in scope["headers"]):
        return None
    application: FastAPI = scope["app"]
    if application.dependency_overrides:
        return None
    if found[1] is None:
        return _named(scope["query_string"])
    return None if scope["query_string"] else Id(found[1])


def _named(query: bytes) -> _Named | None:
    """The slug or the path in a query that consists only of it, if it is valid."""
    found = _QUERY.fullmatch(query)
    if found is None:
        return None
    key, value = PostKey(found[1].decode()), unquote_plus(found[2].decode("latin-1"))
    if unstorable_reason(value):
        return None
    try:
        return _Named(key, checked_path(value) if key is PostKey.PATH else value)
    except Invalid:
        return None


async def _answer(scope: Scope, wanted: Id | _Named) -> Response:
    application: FastAPI = scope["app"]
    state = application.state
    known = [str(value, "latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
    if_none_match = known[0] if known else None
    try:
        store = await state.lifecycle.store()
        if isinstance(wanted, _Named):
            return await list_post(store, state.response_cache, *wanted, if_none_match=if_none_match)
        return await get_post(
            store, state.response_cache, state.renderer, PUBLIC, wanted, if_none_match=if_none_match
        )
    except EverpostError as error:
        handle = cast("_Handle", application.exception_handlers[EverpostError])
        return await handle(Request(scope), error)
