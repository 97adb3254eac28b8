"""HEAD requests, and the methods that a resource supports (RFC 9110, section 9)."""

from fastapi import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD = "everpost.is_head"
"""The key in the scope of a HEAD request, for responses whose body would be expensive to make."""


class HeadMiddleware:
    """Answers HEAD requests like GET requests, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", IS_HEAD: True}, receive, send_without_body)


def allowed_methods(request: Request) -> str:
    """The methods that the requested path supports, for the Allow header. Only routes with the path of the
    first match count: `/users/me` also matches `/users/{user_id}`.
    """
    found = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    here = [route for route in found if route.path == found[0].path]
    methods: set[str] = set().union(*(getattr(route, "methods", None) or () for route in here))
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))
