"""Liveness and readiness probes."""

from fastapi import Response

from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import OpenStore
from everpost.api.schemas.health import Health
from everpost.services.health import require_database


async def check_liveness() -> Response:
    """Check that the process is running."""
    return _healthy()


async def check_readiness(store: OpenStore) -> Response:
    """Check that the database responds."""
    await require_database(store)
    return _healthy()


def _healthy() -> Response:
    content: Health = {"status": "ok"}
    return JsonResponse(content, headers={"cache-control": "no-store"})
