"""The page that shows the contract, `/docs`: Swagger UI, from files that come with Everpost."""

import hashlib
from functools import cache
from html import escape
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.responses import FileResponse, HTMLResponse

_FOLDER = Path(__file__).parent / "swagger"
_MEDIA_TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
}
_TAG = 16
"""Hexadecimal digits of a file's SHA-256 in its address: another file gets another address."""
_IMMUTABLE = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{css}">
</head>
<body>
<div id="swagger-ui" data-document="{document}"></div>
<script src="{bundle}"></script>
<script src="{start}"></script>
</body>
</html>
"""


def add_docs(app: FastAPI) -> None:
    """Give the application this page, for its own OpenAPI document. It loads nothing from another host."""

    async def show_docs(request: Request) -> Response:
        root: str = request.scope.get("root_path", "").rstrip("/")
        names = {name: escape(f"{root}/docs/{address}") for address, name in _addresses().items()}
        page = _PAGE.format(
            title=escape(app.title),
            document=escape(f"{root}{app.openapi_url}"),
            css=names["swagger-ui.css"],
            bundle=names["swagger-ui-bundle.js"],
            start=names["start.js"],
        )
        return HTMLResponse(page, headers={"content-security-policy": _POLICY, "cache-control": "no-cache"})

    async def send_file(request: Request) -> Response:
        name = _addresses().get(request.path_params["address"])
        if name is None:
            raise HTTPException(404)
        headers = {"cache-control": _IMMUTABLE}
        return FileResponse(_FOLDER / name, media_type=_MEDIA_TYPES[name], headers=headers)

    app.add_route("/docs", show_docs, methods=["GET"], include_in_schema=False)
    app.add_route("/docs/{address}", send_file, methods=["GET"], include_in_schema=False)


@cache
def _addresses() -> dict[str, str]:
    """The file behind the last part of each address."""
    return {f"{_tag(name)}-{name}": name for name in _MEDIA_TYPES}


def _tag(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:_TAG]
