"""URLs of pages: absolute paths, with the path under which the blog is mounted."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import Request

from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Urls:
    """The URLs of a blog that is mounted at the path `root`; `origin` makes them absolute."""

    origin: str
    root: str

    @property
    def home(self) -> str:
        return f"{self.root}/"

    @property
    def tags(self) -> str:
        return f"{self.root}/tags"

    @property
    def archive(self) -> str:
        return f"{self.root}/archive"

    def post(self, post: Post) -> str:
        return f"{self.root}/{quote(post.slug)}"

    def tag(self, tag: str) -> str:
        return f"{self.root}/tags/{quote(tag, safe='')}"

    def author(self, id: Id) -> str:
        return f"{self.root}/authors/{id}"

    def static(self, name: str) -> str:
        return f"{self.root}/static/{name}"

    def absolute(self, path: str) -> str:
        return f"{self.origin}{path}"


def with_query(path: str, **query: str | None) -> str:
    """The path with those parameters that have a value."""
    sent = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(sent)}" if sent else path


def urls_of(request: Request, settings: Settings) -> Urls:
    """The URLs as the client of this request sees them."""
    root = quote(request.scope.get("root_path", "").rstrip("/"))
    return Urls(_origin(request, is_proxied=settings.proxies > 0), root)


def _origin(request: Request, *, is_proxied: bool) -> str:
    """The scheme and the host of the request; empty if its Host header is malformed."""
    host = request.headers.get("host", "")
    sent = request.headers.get("x-forwarded-proto") if is_proxied else None
    scheme = sent if sent in ("http", "https") else request.scope.get("scheme", "http")
    return f"{scheme}://{host.lower()}" if _HOST.fullmatch(host) else ""
