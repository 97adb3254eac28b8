"""The routes of the contract."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from everpost.api.bodies import MAX_BODY, BodyRequest
from everpost.api.headers import VARY
from everpost.api.resolving import Resolver
from everpost.api.security import personal_headers


class CallRoute(APIRoute):
    """A route whose endpoint gives the whole answer; a body, where it takes one, is JSON of at most
    `max_body_size` bytes, and is read once the dependencies have let the request through.
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
        self._max_body = MAX_BODY if max_body_size is None else max_body_size
        super().__init__(path, endpoint, responses=responses, **options)
        self._resolver = Resolver(self.dependant)
        self._vary = personal_headers(self.dependant)
        self._as_fastapi_does, self.app = self.app, self._answer

    def describe_answers(self) -> None:
        """Tell FastAPI what is in each answer, for the document: it makes a validator of that, which nothing
        else asks for and no start of a server is to wait for.
        """
        self.response_fields = {
            status: create_model_field(f"Response_{status}_{self.unique_id}", model, mode="serialization")
            for status, model in self._models.items()
        }

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own way, which knows every kind of dependency: for those that override ours."""
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            json_request = self._request(request.scope, request.receive)
            if self.body_field is not None:
                await json_request.json()  # or FastAPI would take what is no JSON for fields that are missing
            return await handle(json_request)

        return handle_json

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette does, but for a newline at the end: `$` in its patterns looks past that."""
        return (Match.NONE, {}) if scope["path"].endswith("\n") else super().matches(scope)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[VARY] = self._vary
        application: FastAPI = scope["app"]
        if application.dependency_overrides:
            await self._as_fastapi_does(scope, receive, send)
            return
        request = self._request(scope, receive)
        answer: Response = await self._resolver.call(request, request.json)
        await answer(scope, receive, send)

    def _request(self, scope: Scope, receive: Receive) -> BodyRequest:
        application: FastAPI = scope["app"]
        timeout: float = application.state.settings.body_timeout
        return BodyRequest(scope, receive, max_body=self._max_body, timeout=timeout)
