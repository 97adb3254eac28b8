"""Whether the process runs, and whether its database answers."""

from fastapi import Response

from everpost.api.dependencies import OpenStore
from everpost.api.responses import JsonResponse
from everpost.api.schemas.health import Health
from everpost.services.health import require_database


async def check_live() -> Response:
    """The process runs."""
    return _healthy()


async def check_ready(store: OpenStore) -> Response:
    """The database answers."""
    await require_database(store)
    return _healthy()


def _healthy() -> Response:
    content: Health = {"status": "ok"}
    return JsonResponse(content, headers={"cache-control": "no-store"})
