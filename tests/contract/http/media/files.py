"""Requests about uploaded files that these tests share."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import httpx
from PIL import Image

from tests.contract.http.calls import AuthorJson
from tests.contract.http.people import Who, headers_of
from tests.unit.media.pictures import saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><script>alert(1)</script></svg>'


def document(size: int = 0) -> bytes:
    """A PDF file with a comment of this size."""
    comment = (bytes(range(33, 127)) * (size // 94 + 1))[:size]
    return b"%PDF-1.4\n%" + comment + b"\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


PDF = document()
MEDIA_FIELDS = {
    *("id", "url", "type", "width", "height", "animated", "size", "alt", "name", "focus", "digest", "author"),
    *("created_at", "updated_at", "version"),
}


class MediaJson(TypedDict):
    id: str
    url: str
    type: str
    width: int | None
    height: int | None
    animated: bool
    size: int
    alt: str
    name: str
    focus: dict[str, int] | None
    digest: str
    author: AuthorJson | None
    created_at: str
    updated_at: str
    version: int
    unused_since: NotRequired[str | None]


def picture(shade: int = 0, size: tuple[int, int] = (4, 3)) -> bytes:
    """A small PNG file; another one for each shade."""
    return saved(Image.new("RGB", size, (shade % 256, shade // 256, 0)), "PNG")


async def send(
    client: httpx.AsyncClient,
    content: bytes,
    *,
    name: str | None = "A picture.png",
    by: Who = "admin",
    fields: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Upload a file as a form."""
    request = client.build_request("POST", "/media", files={"file": (name, content)}, data=fields)
    del request.headers["authorization"]
    request.headers.update(headers_of(by))
    return await client.send(request)


async def upload(client: httpx.AsyncClient, content: bytes | None = None, **options: object) -> MediaJson:
    """Upload a file, which must be accepted."""
    response = await send(client, picture() if content is None else content, **options)  # type: ignore[arg-type]
    assert response.is_success, response.text
    file: MediaJson = response.json()
    return file
