"""Responses with the bytes of files: whole, a range of them, or a resized copy."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.responses import Response, StreamingResponse

from everpost.api.http.etags import is_match
from everpost.api.middleware.methods import IS_HEAD
from everpost.domain.media.copies import CopySize
from everpost.domain.media.types import MediaType
from everpost.services.media.contents import FoundFile, read_parts
from everpost.services.media.resized_copies import ResizedCopies
from everpost.stores.deadlines import ending
from everpost.stores.port import Store

FOREVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=60"
"""For an original that replaces a copy while the copy is being made."""
PRIVATE = "private, no-store"
_POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'; base-uri 'none'"
)
"""A file that is opened in a browser runs no script, and has an origin of its own."""
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,19})-([0-9]{0,19})[ \t]*")


@dataclass(frozen=True, slots=True)
class _Content:
    """The bytes to send, which have this key."""

    key: str
    type: MediaType
    size: int
    caching: str

    @property
    def etag(self) -> str:
        return f'"{self.key}-{self.size:x}"'


async def answer_with_file(
    request: Request, store: Store, copies: ResizedCopies, found: FoundFile, size: CopySize | None
) -> Response:
    """The bytes of the file, or of its copy of this size, for GET and HEAD, with conditions and ranges
    (RFC 9110, sections 13 and 14). Where there is no such copy, the original is sent. Raises NotFound, if the
    bytes are missing, and Busy.
    """
    with ending(None):  # the time that the client takes does not count
        content = await _content(store, copies, found, size)
        headers = _headers(content, found)
        if is_match(content.etag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        is_head = bool(request.scope.get(IS_HEAD))
        span = None if is_head else _span(request.headers, content)
        if span is not None and span.start >= content.size:
            raise HTTPException(
                416,
                "The range begins after the end of the file.",
                {"content-range": f"bytes */{content.size}"},
            )
        start, end = (0, content.size) if span is None else (span.start, span.stop)
        headers["content-length"] = str(end - start)
        status = 200
        if span is not None:
            status, headers["content-range"] = 206, f"bytes {start}-{end - 1}/{content.size}"
        if is_head:
            return Response(status_code=status, headers=headers, media_type=content.type)
        parts = read_parts(store, content.key, start, end)
        first = await anext(parts)
    return StreamingResponse(_resumed(first, parts), status, headers, media_type=content.type)


async def _content(store: Store, copies: ResizedCopies, found: FoundFile, size: CopySize | None) -> _Content:
    file = found.file
    caching = FOREVER if found.is_public else PRIVATE
    if size is not None and size in set(CopySize.all_of(file)):
        copy = await copies.find(store, file, size)
        if copy is not None and copy.size:
            return _Content(copy.key, size.type, copy.size, caching)
        if copy is None and found.is_public:
            caching = SOON
    return _Content(file.digest, file.type, file.size, caching)


def _headers(content: _Content, found: FoundFile) -> dict[str, str]:
    headers = {
        "etag": content.etag,
        "cache-control": content.caching,
        "accept-ranges": "bytes",
        "content-security-policy": _POLICY,
    }
    if content.type is MediaType.PDF:  # browsers do not show one in a sandbox
        headers["content-disposition"] = f'attachment; filename="{found.file.name}"'
    if not found.is_public:
        headers["cross-origin-resource-policy"] = "same-origin"
    return headers


def _span(headers: Mapping[str, str], content: _Content) -> range | None:
    """The range that the request asks for; None: the whole content, also for several ranges, which a server
    may ignore. If the client has another state of the content (`If-Range`), it needs the whole, too.
    """
    sent = _RANGE.fullmatch(headers.get("range", ""))
    condition = headers.get("if-range")
    if sent is None or (condition is not None and condition.strip() != content.etag):
        return None
    first, last = sent[1], sent[2]
    if not first:
        length = int(last) if last else 0
        return range(max(0, content.size - length), content.size) if length else None
    end = min(int(last) + 1, content.size) if last else content.size
    if last and int(last) < int(first):
        return None  # malformed, so the header is ignored
    return range(int(first), end)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """All parts. Each call of the store has a deadline of its own."""
    yield first
    while True:
        with ending(None):
            part = await anext(rest, None)
        if part is None:
            return
        yield part
