"""Links in responses: absolute paths, with the path under which the blog is mounted."""

from urllib.parse import quote, urlencode

from fastapi import Request

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post

_PRESERVED = (
    "include",
    "fields",
    "limit",
    "comments",
    "tag",
    "author",
    "title",
    "status",
    "kind",
    "sort",
    "updated_after",
    "view",
    "parent",
)


def post_path(request: Request, post: Post) -> str:
    """The path of the post."""
    return f"{_root(request)}/posts/{post.id}"


def comment_path(request: Request, comment: Comment) -> str:
    """The path of the comment."""
    return f"{thread_path(request, comment.post_id)}/{comment.id}"


def path_of(request: Request, path: str) -> str:
    """A path of the contract, with the path under which the blog is mounted."""
    return f"{_root(request)}{path}"


def thread_path(request: Request, post_id: Id) -> str:
    """The path of the comments of a post."""
    return f"{_root(request)}/posts/{post_id}/comments"


def next_link(request: Request, path: str, cursor: str) -> str:
    """The Link header that leads to the next page (RFC 8288), with the same filters."""
    sent = request.query_params
    query = {"after": cursor} | {name: sent[name] for name in _PRESERVED if name in sent}
    return f'<{path}?{urlencode(query)}>; rel="next"'


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return quote(root.rstrip("/"))
