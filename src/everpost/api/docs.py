"""The page that shows the contract, `/docs`."""

import base64
import hashlib
import re

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html

_CDN = "https://cdn.jsdelivr.net"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def add_docs(app: FastAPI) -> None:
    """Give the application this page, for its own OpenAPI document."""

    async def show_docs(request: Request) -> Response:
        root: str = request.scope.get("root_path", "").rstrip("/")
        page = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}", title=app.title, swagger_favicon_url="data:,"
        )
        page.headers["content-security-policy"] = _policy(bytes(page.body))
        return page

    app.add_route("/docs", show_docs, methods=["GET"], include_in_schema=False)


def _policy(page: bytes) -> str:
    """A policy that lets the page run its own script, by its hash, and Swagger UI."""
    hashes = (
        base64.b64encode(hashlib.sha256(script).digest()).decode("ascii") for script in _INLINE.findall(page)
    )
    scripts = " ".join(f"'sha256-{each}'" for each in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_CDN} {scripts}",
            f"style-src {_CDN} 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
