"""Links in responses: absolute paths, with the path under which the blog is mounted."""

import re
from functools import lru_cache
from urllib.parse import quote, urlencode

from fastapi import Request

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import Post
from everpost.settings import Settings

_PRESERVED = (
    "include",
    "fields",
    "limit",
    "comments",
    "tag",
    "author",
    "title",
    "unused",
    "type",
    "name",
    "status",
    "kind",
    "sort",
    "updated_after",
    "view",
    "parent",
)
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


def post_path(request: Request, post: Post) -> str:
    """The path of the post."""
    return f"{_root(request)}/posts/{post.id}"


def comment_path(request: Request, comment: Comment) -> str:
    """The path of the comment."""
    return f"{thread_path(request, comment.post_id)}/{comment.id}"


def path_of(request: Request, path: str) -> str:
    """A path of the contract, with the path under which the blog is mounted."""
    return f"{_root(request)}{path}"


def media_url(request: Request, file: MediaFile) -> str:
    """The path of the file's bytes: where this application has its pages, below their root."""
    below: str | None = request.app.state.api_below_pages
    return _root(request).removesuffix(below or "") + file.path


def thread_path(request: Request, post_id: Id) -> str:
    """The path of the comments of a post."""
    return f"{_root(request)}/posts/{post_id}/comments"


def next_link(request: Request, path: str, cursor: str) -> str:
    """The Link header that leads to the next page (RFC 8288), with the same filters."""
    sent = request.query_params
    query = {"after": cursor} | {name: sent[name] for name in _PRESERVED if name in sent}
    return f'<{path}?{urlencode(query)}>; rel="next"'


def origin_of(request: Request, settings: Settings) -> str:
    """The scheme and the host of the request; empty if its Host header is malformed."""
    host = next((value for name, value in request.scope["headers"] if name == b"host"), b"")
    sent = request.headers.get("x-forwarded-proto") if settings.proxies > 0 else None
    return _origin(sent if sent in ("http", "https") else request.scope.get("scheme", "http"), host)


@lru_cache(1_000)
def _origin(scheme: str, host: bytes) -> str:
    text = host.decode("latin-1")
    return f"{scheme}://{text.lower()}" if _HOST.fullmatch(text) else ""


def home_url(request: Request, blog: Blog) -> str | None:
    """The URL of the blog's home page, without the trailing slash. None: this application has no pages, and
    the settings do not say where they are.
    """
    if blog.base_url is not None:
        return blog.base_url
    below: str | None = request.app.state.api_below_pages
    if below is None:
        return None
    return origin_of(request, request.app.state.settings) + _root(request).removesuffix(below)


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return quote(root.rstrip("/"))
