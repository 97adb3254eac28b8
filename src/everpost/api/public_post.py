"""A short cut to the request that readers send most."""

import re
from typing import Any, NoReturn

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from everpost.api.headers import VARY
from everpost.api.posts import get_post
from everpost.domain.actors import PUBLIC
from everpost.domain.ids import Id

_PATH = re.compile(r"/posts/([0-9a-f]{24})")
_VARY = ("Authorization",)


class PublicPost(BaseRoute):
    """`GET /posts/{post_id}` without a token and without a query. Calls `get_post` with what the route of
    that endpoint would give it, in half the time. Comes before that route, which takes all other requests.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return Match.NONE, {}
        found = _PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
        application: FastAPI = scope["app"]
        if found is None or application.dependency_overrides:
            return Match.NONE, {}
        if any(name == b"authorization" for name, _ in scope["headers"]):
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"post_id": found[1]}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[VARY] = _VARY
        state = scope["app"].state
        answer = await get_post(
            await state.lifecycle.store(),
            state.renderings,
            PUBLIC,
            Id(scope["path_params"]["post_id"]),
            if_none_match=_if_none_match(scope),
        )
        await answer(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> NoReturn:  # noqa: ANN401 - Starlette's own
        raise NoMatchFound(name, path_params)


def _if_none_match(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return str(value, "latin-1")
    return None
