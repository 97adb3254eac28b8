"""Hostile requests, and the blog that they are sent to.

The blog has two posts: `POST`, whose slug is "taken" and which has the comment `COMMENT`, and
`OTHER_POST` with the comment `OTHER_COMMENT`.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

POST = "665f1c2ab7e4d20f3a9c8e01"
OTHER_POST = "665f1c2ab7e4d20f3a9c8e02"
COMMENT = "665f1c2ab7e4d20f3a9c8e11"
OTHER_COMMENT = "665f1c2ab7e4d20f3a9c8e12"
UNKNOWN = "f" * 24

ONE = f"/posts/{POST}"
THREAD = f"{ONE}/comments"
ONE_COMMENT = f"{THREAD}/{COMMENT}"

Headers = tuple[tuple[bytes, bytes], ...]

JSON: Headers = ((b"content-type", b"application/json"),)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request, the status of its response, and the fields that its errors name (`…` for many)."""

    status: int
    method: str
    path: str
    body: bytes | None = None
    fields: tuple[str, ...] = ()
    headers: Headers = JSON
    chunked: bool = False

    def __str__(self) -> str:
        body = "" if self.body is None else f" {self.body[:60]!r}"
        others = "" if self.headers == JSON else f" {str(self.headers)[:90]}"
        return f"{self.method} {self.path[:80]}{others}{body}{' chunked' if self.chunked else ''}"

    def content(self) -> bytes | AsyncIterator[bytes] | None:
        return self._pieces() if self.chunked else self.body

    async def _pieces(self) -> AsyncIterator[bytes]:
        body = self.body or b""
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]


def post_with(status: int, *fields: str, **sent: object) -> Hostile:
    body = json.dumps({"title": "T", "content": "C", **sent}).encode()
    return Hostile(status, "POST", "/posts", body, fields)


def patch_with(status: int, *fields: str, **sent: object) -> Hostile:
    return Hostile(status, "PATCH", ONE, json.dumps(sent).encode(), fields)


def comment_with(status: int, *fields: str, **sent: object) -> Hostile:
    return Hostile(status, "POST", THREAD, json.dumps({"content": "C", **sent}).encode(), fields)
