"""`/openapi.json`, and `/docs`, the page that renders it with Swagger UI.

The page loads nothing from another host: `make assets` puts Swagger UI into `static/`.
"""

import asyncio
import json
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response

from everpost.api.http.responses import JsonResponse

_STATIC = Path(__file__).parent / "static"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{root}/docs/{style}">
</head>
<body>
<div id="swagger-ui" data-openapi="{openapi}"></div>
<script src="{root}/docs/{library}"></script>
<script src="{root}/docs/{start}"></script>
</body>
</html>
"""


def add_docs(app: FastAPI) -> None:
    """Add routes for the OpenAPI document, the page that renders it, and the files of the page."""
    for path, endpoint in (
        ("/openapi.json", _get_document),
        ("/docs", _show_page),
        ("/docs/{name}", _get_file),
    ):
        app.add_route(path, endpoint, methods=["GET"], include_in_schema=False)


async def _get_document(request: Request) -> Response:
    app: FastAPI = request.app
    # Generated once, in a thread, because it takes as long as a hundred requests.
    document = app.openapi_schema
    if document is None:
        document = await asyncio.to_thread(app.openapi)
    root = _root(request)
    return JsonResponse({**document, "servers": [{"url": root}]} if root else document)


async def _show_page(request: Request) -> Response:
    root, names = _root(request), _names()
    page = _PAGE.format(
        title=escape(request.app.title),
        root=quote(root),
        openapi=escape(f"{root}/openapi.json"),
        style=names["swagger-ui.css"],
        library=names["swagger-ui-bundle.js"],
        start=names["docs.js"],
    )
    return Response(page, media_type="text/html", headers={"content-security-policy": _POLICY})


async def _get_file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _names().values():
        raise HTTPException(404)
    return Response(
        _read(name),
        media_type=_MEDIA_TYPES[Path(name).suffix],
        headers={"cache-control": "public, max-age=31536000, immutable"},
    )


def _root(request: Request) -> str:
    """The path under which the application is mounted."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


@cache
def _names() -> dict[str, str]:
    """The served, hashed name of each file."""
    manifest = json.loads((_STATIC / "manifest.json").read_text())
    return {name: each["file"] for name, each in manifest["files"].items()}


@cache
def _read(name: str) -> bytes:
    return (_STATIC / name).read_bytes()
