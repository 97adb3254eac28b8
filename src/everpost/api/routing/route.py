"""The route class of the contract."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response, params
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from pydantic.fields import FieldInfo
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from everpost.api.http.files.unread_bodies import UnreadBody
from everpost.api.http.request_bodies import MAX_BODY, UPLOAD_BODY, BodyRequest
from everpost.api.middleware.security_headers import VARY
from everpost.api.routing.declarations import is_supported
from everpost.api.routing.dependency_plan import Resolver
from everpost.api.routing.security import credential_headers

_TOO_SLOW = 408


class CallRoute(APIRoute):
    """A route that is faster than FastAPI's where possible, with the same responses. A body has at most
    `max_body_size` bytes and, unless it is a form, is JSON. A fast route reads it only after all
    dependencies have been resolved. An endpoint with an `UPLOAD_BODY` reads it itself; if it raises an
    error, the rest of the body is read before that is answered.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Awaitable[Response]],
        *,
        max_body_size: int | None = None,
        **options: Any,  # noqa: ANN401 - FastAPI's own
    ) -> None:
        responses = {
            status: dict(answer) for status, answer in (options.pop("responses", None) or {}).items()
        }
        self._models = {
            status: answer.pop("model") for status, answer in responses.items() if "model" in answer
        }
        self._is_upload = max_body_size == UPLOAD_BODY
        self._max_body = MAX_BODY if max_body_size is None else max_body_size
        super().__init__(path, endpoint, responses=responses, **options)
        self._resolver = Resolver(self.dependant) if is_supported(self.dependant) else None
        self._vary = credential_headers(self.dependant)
        self._fastapi_app, self.app = self.app, self._answer

    def declare_response_models(self) -> None:
        """Declare the response models to FastAPI, for the OpenAPI document only. FastAPI builds a validator
        of each, which nothing else needs and which would slow down the start of a server.
        """
        self.response_fields = {
            status: create_model_field(f"Response_{status}_{self.unique_id}", model, mode="serialization")
            for status, model in self._models.items()
        }

    @property
    def is_fast(self) -> bool:
        """Whether the endpoint is called without FastAPI's own resolution of dependencies."""
        return self._resolver is not None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, which supports all declarations, and dependency overrides."""
        handle = super().get_route_handler()

        async def handle_bounded(request: Request) -> Response:
            bounded = self._request(request.scope, request.receive)
            if self.body_field is not None:
                await _require_body(bounded, self.body_field.field_info)
            return await handle(bounded)

        return handle_bounded

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As in Starlette, but a path that ends with a newline, which `$` ignores, does not match."""
        return (Match.NONE, {}) if scope["path"].endswith("\n") else super().matches(scope)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[VARY] = self._vary
        application: FastAPI = scope["app"]
        if self._resolver is None or application.dependency_overrides:
            await self._fastapi_app(scope, receive, send)
            return
        call = self._call_with_upload if self._is_upload else self._call
        answer = await call(self._resolver, scope, receive)
        await answer(scope, receive, send)

    async def _call(self, resolver: Resolver, scope: Scope, receive: Receive) -> Response:
        request = self._request(scope, receive)
        answer: Response = await resolver.call(request, request.json)
        return answer

    async def _call_with_upload(self, resolver: Resolver, scope: Scope, receive: Receive) -> Response:
        application: FastAPI = scope["app"]
        body = UnreadBody(receive, pace=application.state.settings.body_timeout)
        try:
            return await self._call(resolver, scope, body.receive)
        except Exception as error:
            if not (isinstance(error, HTTPException) and error.status_code == _TOO_SLOW):
                await body.discard(Request(scope))
            raise

    def _request(self, scope: Scope, receive: Receive) -> BodyRequest:
        application: FastAPI = scope["app"]
        timeout: float = application.state.settings.body_timeout
        return BodyRequest(scope, receive, max_body=self._max_body, timeout=timeout)


async def _require_body(request: BodyRequest, declared: FieldInfo) -> None:
    """Refuse a body that is too large or not JSON; FastAPI would report missing fields instead."""
    is_form = isinstance(declared, params.Form)
    if not is_form and (declared.is_required() or await request.body()):
        await request.json()
    await request.body()
