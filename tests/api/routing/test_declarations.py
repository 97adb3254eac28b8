"""Every declaration of an endpoint gets the values that plain FastAPI would give it."""

from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import (
    FastAPI,
)
from fastapi.routing import APIRoute

from everpost.api.routing.route import CallRoute
from tests.api.routing import declared
from tests.api.routing.declared import calls

JSON: dict[str, Any] = {"json": {"limit": 3}}
QUICK: list[tuple[Any, list[dict[str, Any]]]] = [
    (
        declared.scalars,
        [
            {"params": {"a": 1, "b": "2026-01-01T00:00Z"}, "headers": {"c": "d"}},
            {"params": {"a": "x"}},
            {},
        ],
    ),
    (declared.a_model, [{"params": {"limit": 3, "unknown": 1}}, {"params": {"limit": "x"}}, {}]),
    (declared.a_body, [JSON, {"json": {"limit": "x"}}, {"json": []}]),
    (declared.a_connection, [{}]),
    (declared.coroutines, [{"params": {"a": 3}}, {"params": {"a": "x"}}]),
]
SLOW: list[tuple[Any, list[dict[str, Any]]]] = [
    (declared.a_list, [{"params": {"a": [1, 2]}}, {"params": {"a": "x"}}, {}]),
    (declared.a_default_that_is_made, [{}, {"params": {"a": [1, 2]}}]),
    (declared.a_text_of_json, [{"params": {"a": "[1, 2]"}}, {"params": {"a": "x"}}]),
    (declared.another_name, [{"params": {"most": 3}}, {"params": {"a": 3}}]),
    (declared.a_renamed_model, [{"params": {"most": 3}}, {"params": {"limit": 3}}]),
    (declared.a_model_of_lists, [{"params": {"words": ["a", "b"]}}, {}]),
    (declared.a_strict_model, [{"params": {"limit": 3}}, {"params": {"limit": 3, "unknown": 1}}]),
    (declared.a_model_of_headers, [{"headers": {"limit": "3", "word": "x"}}]),
    (declared.a_cookie, [{"headers": {"cookie": "a=1"}}, {}]),
    (declared.a_form, [{"data": {"a": "x", "b": "3"}}, {"data": {"b": "x"}}, {}]),
    (declared.a_file, [{"files": {"file": ("name", b"content")}, "data": {"a": "x"}}, {"data": {"a": "x"}}]),
    (declared.bytes_of_a_file, [{"files": {"file": ("name", b"content")}}]),
    (declared.two_bodies, [{"json": {"a": {"limit": 3}, "b": 2}}, {"json": {"a": 1}}]),
    (declared.an_embedded_body, [{"json": {"a": 1}}, {"json": 1}]),
    (declared.a_body_or_none, [JSON, {}]),
    (declared.a_body_below, [JSON, {"json": {"limit": "x"}}]),
    (declared.a_response, [{}]),
    (declared.a_value, [{}]),
    (declared.a_task, [{}]),
    (declared.a_thread_below, [{"params": {"a": 3}}, {"params": {"a": "x"}}]),
    (declared.a_thread, [{"params": {"a": 3}}]),
    (declared.what_is_closed, [{}]),
    (declared.what_is_closed_early, [{}]),
    (declared.what_is_closed_on_a_thread, [{}]),
    (declared.an_instance, [{"params": {"a": 1}}, {}]),
    (declared.called_each_time, [{"params": {"a": 3}}]),
    (declared.scopes, [{}]),
]


def application(route: type[APIRoute], endpoint: Any) -> FastAPI:  # noqa: ANN401 - any endpoint
    app = FastAPI()
    app.state.settings = SimpleNamespace(body_timeout=10.0)
    app.router.route_class = route
    app.add_api_route("/", endpoint, methods=["POST"])
    return app


async def answers_of(app: FastAPI, requests: list[dict[str, Any]]) -> list[object]:
    """The responses, and the calls made for each."""
    found: list[object] = []
    async with AsyncExitStack() as opened:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example")
        await opened.enter_async_context(client)
        for request in requests:
            calls.clear()
            response = await client.post("/", **request)
            found.append((response.status_code, response.headers, response.content, [*calls]))
    return found


def named(table: list[tuple[Any, list[dict[str, Any]]]]) -> list[str]:
    return [endpoint.__name__ for endpoint, _ in table]


@pytest.mark.parametrize(("endpoint", "requests"), [*QUICK, *SLOW], ids=named([*QUICK, *SLOW]))
async def test_every_declaration_resolves_as_in_fastapi(
    endpoint: Any,  # noqa: ANN401 - any endpoint
    requests: list[dict[str, Any]],
) -> None:
    ours, fastapis = application(CallRoute, endpoint), application(APIRoute, endpoint)
    assert await answers_of(ours, requests) == await answers_of(fastapis, requests)


@pytest.mark.parametrize("table", [QUICK, SLOW], ids=["quick", "left to FastAPI"])
def test_a_route_is_fast_if_all_declarations_are_supported(
    table: list[tuple[Any, list[dict[str, Any]]]],
) -> None:
    is_fast = [CallRoute("/", endpoint).is_fast for endpoint, _ in table]
    assert is_fast == [table is QUICK] * len(table)
