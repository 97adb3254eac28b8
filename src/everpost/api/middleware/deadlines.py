"""A deadline for the time that a request waits for the store."""

from starlette.types import ASGIApp, Receive, Scope, Send

from everpost.stores.deadlines import limited


class StoreDeadline:
    """Middleware: lets each request wait for the store for `timeout` seconds in total, then answers 503."""

    def __init__(self, app: ASGIApp, *, timeout: float) -> None:
        self.app = app
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with limited(self._timeout):
            await self.app(scope, receive, send)
