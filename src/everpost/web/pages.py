"""Responses with pages: ETag, Last-Modified, compression, and 304."""

import gzip
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property, lru_cache

from fastapi import Request, Response

from everpost.api.http.etags import body_etag, is_match
from everpost.web.content_security import PUBLIC_HEADERS

CACHING = "public, no-cache"
"""Any cache may store the page, but must revalidate it before each use."""

_SECOND = timedelta(seconds=1)
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})
_UNCHANGED, _GZIP, _PLAIN = "unchanged", "gzip", "plain"
_ACCEPTED = re.compile(rb"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=(?P<quality>[0-9.]+)\s*)?(?:,|$)", re.IGNORECASE)


class RenderedPage:
    """A page with its validators, for one or many responses.

    Last-Modified is the time of the rendering, because no stored date covers everything that a page shows: a
    comment may be approved long after its own date. A page may be rendered twice in one second, so until that
    second is over, Last-Modified is a second earlier; copies of the first are then never taken for the next.
    Only exactly this date confirms a copy: a later one belongs to another rendering, by another process or
    before the clock was set back. ETags are weak, because proxies may compress pages.
    """

    def __init__(
        self,
        body: bytes,
        made_at: datetime,
        *,
        media_type: str = "text/html",
        headers: Mapping[str, str] = PUBLIC_HEADERS,
    ) -> None:
        self.body = body
        self._tag = body_etag(body)
        self._second = made_at.replace(microsecond=0)
        self._media_type = media_type
        self._responses: dict[str, Response] = {}
        self._headers = {
            "etag": f"W/{self._tag}",
            "cache-control": CACHING,
            "vary": "Accept-Encoding",
        } | dict(headers)

    def answer(self, request: Request, moment: datetime) -> Response:
        """The response to a request at this time: the page, or 304 if the client has it. It is shared: do not
        change it.
        """
        sent = dict(request.scope["headers"])  # takes less time than one of `request.headers`
        if not _CONDITIONS.isdisjoint(sent) and self._is_known(request):
            form = _UNCHANGED
        else:
            form = _GZIP if accepts_gzip(sent.get(b"accept-encoding", b"")) else _PLAIN
        if moment < self._second + _SECOND:
            return self._response(form, self._second - _SECOND)
        if form not in self._responses:
            self._responses[form] = self._response(form, self._second)
        return self._responses[form]

    def _response(self, form: str, modified: datetime) -> Response:
        headers = self._headers | {"last-modified": _http_date(modified)}
        if form == _UNCHANGED:
            return Response(status_code=304, headers=headers)
        if form == _GZIP:
            headers["content-encoding"] = _GZIP
        body = self._compressed if form == _GZIP else self.body
        return Response(body, headers=headers, media_type=self._media_type)

    def _is_known(self, request: Request) -> bool:
        tags = request.headers.getlist("if-none-match")
        if tags:
            return is_match(self._tag, ", ".join(tags))
        return request.headers.get("if-modified-since") == _http_date(self._second)

    @cached_property
    def _compressed(self) -> bytes:
        return compressed(self.body)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@lru_cache(100)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether a client that sends this header accepts a compressed body (RFC 9110, section 12.5.3)."""
    found = _ACCEPTED.search(accept_encoding)
    if found is None:
        return False
    quality: bytes | None = found["quality"]
    return quality is None or quality.strip(b"0.") != b""


def compressed(body: bytes) -> bytes:
    """The body, compressed with gzip. Equal bodies have equal results."""
    return gzip.compress(body, mtime=0)
