"""Cross-origin checks, based on headers that browsers set and pages cannot forge."""

from collections.abc import Collection
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from everpost.api.routing.dependencies import CurrentSettings
from everpost.errors import Forbidden

_OWN = frozenset({"same-origin", "none"})
_OTHER = frozenset({"same-site", "cross-site"})
_PORTS = {"http": 80, "https": 443}


async def require_same_origin(request: Request, settings: CurrentSettings) -> None:
    """As `refuse_other_origins`, except for the origins that may call the API from a browser."""
    refuse_other_origins(request, settings.cors_origins)


def refuse_other_origins(request: Request, allowed: Collection[str] = ()) -> None:
    """Refuse requests that a browser sends for a page of another origin, unless that origin is allowed.
    Requests without these headers, which programs send, are accepted. Raises Forbidden.

    Forms are sent across origins without a preflight. `Sec-Fetch-Site` takes precedence: behind a proxy the
    blog may not know its own origin.

    https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    """
    sites, origins = request.headers.getlist("sec-fetch-site"), request.headers.getlist("origin")
    if "*" in allowed or (len(origins) == 1 and origins[0].lower() in allowed):
        return
    if sites and _OWN.issuperset(sites):
        return
    is_foreign = not _OTHER.isdisjoint(sites) or any(not _is_same_origin(each, request) for each in origins)
    if is_foreign:
        raise Forbidden("Cross-origin request refused: EVERPOST_CORS_ORIGINS does not list this origin.")


def _is_same_origin(origin: str, request: Request) -> bool:
    """Whether the origin has the host and port of the request. The scheme is not compared, because a proxy
    may use another for the client.
    """
    try:
        parsed, asked = urlsplit(origin), urlsplit(f"//{request.headers.get('host', '')}")
        usual = _PORTS.get(parsed.scheme)
        ports = (parsed.port or usual, asked.port or usual)
    except ValueError:
        return False
    return parsed.hostname is not None and parsed.hostname == asked.hostname and ports[0] == ports[1]


SameOrigin = Annotated[None, Depends(require_same_origin)]
