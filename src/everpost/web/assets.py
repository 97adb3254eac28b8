"""The files that pages load: built from `assets/` by `make assets`, each with its hash in its name."""

import json
from functools import cache
from pathlib import Path

from fastapi import HTTPException, Request, Response

from everpost.web.pages import accepts_gzip, compressed

STATIC = Path(__file__).parent / "static"
_MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_IMMUTABLE = "public, max-age=31536000, immutable"


@cache
def asset(name: str) -> str:
    """The name under which a file is served."""
    manifest = json.loads((STATIC / "manifest.json").read_text())
    return str(manifest[name])


async def send_asset(request: Request, name: str) -> Response:
    """Send a file. Its name contains a hash, so it can be cached for good."""
    if name not in _served():
        raise HTTPException(404)
    headers = {"cache-control": _IMMUTABLE, "vary": "Accept-Encoding"}
    body, small = _read(name)
    if accepts_gzip(request):
        body, headers["content-encoding"] = small, "gzip"
    return Response(body, headers=headers, media_type=_MEDIA_TYPES[Path(name).suffix])


@cache
def _served() -> frozenset[str]:
    return frozenset(json.loads((STATIC / "manifest.json").read_text()).values())


@cache
def _read(name: str) -> tuple[bytes, bytes]:
    content = (STATIC / name).read_bytes()
    return content, compressed(content)
