"""What every answer tells a browser, whatever is in it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everpost.api.security import PERSONAL

ON_EVERY_ANSWER = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}
EXPOSED = ("ETag", "Link", "Location", "Retry-After", "X-Total-Count")
"""What a page of another origin may read besides what every page may."""


class SafeHeaders:
    """Gives every answer the headers that keep browsers from misusing it, where it has no other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ON_EVERY_ANSWER.items():
                    headers.setdefault(name, value)
                if state.get(PERSONAL):
                    headers.add_vary_header("Authorization")
            await send(message)

        await self.app(scope, receive, send_safely)
