"""Logs refused requests as security events: see docs/security-events.md."""

from contextlib import suppress

from fastapi import Request
from fastapi.routing import APIRoute

from everpost.api.routing.security import ACTOR_ID, get_address
from everpost.errors import EverpostError, Forbidden, TooMany, Unauthenticated
from everpost.services.security_events import (
    REQUEST_FORBIDDEN,
    REQUEST_LIMITED,
    REQUEST_UNAUTHENTICATED,
    record_from,
)
from everpost.stores.port import Store


async def log_refusal(request: Request, error: EverpostError) -> None:
    """Log requests that were refused because of an invalid token, missing permissions or a rate limit."""
    is_bad_token = isinstance(error, Unauthenticated) and error.is_bad_token
    if not is_bad_token and not isinstance(error, Forbidden | TooMany):
        return
    route, address = _route(request), await get_address(request, request.app.state.settings)
    store = await _store(request)
    if isinstance(error, Forbidden):
        user_id = getattr(request.state, ACTOR_ID, None)
        await record_from(store, address, REQUEST_FORBIDDEN, route=route, user=user_id)
    else:
        event = REQUEST_UNAUTHENTICATED if is_bad_token else REQUEST_LIMITED
        await record_from(store, address, event, route=route)


def _route(request: Request) -> str:
    """The method and the path template: nothing in it was chosen by the client."""
    route = request.scope.get("route")
    return f"{request.method} {route.path}" if isinstance(route, APIRoute) else request.method


async def _store(request: Request) -> Store | None:
    with suppress(EverpostError):
        store: Store = await request.app.state.lifecycle.store()
        return store
    return None
