"""URLs of pages: absolute paths, with the path under which the blog is mounted."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from urllib.parse import quote, urlencode

from fastapi import Request

from everpost.domain.blog import Blog
from everpost.domain.ids import Id
from everpost.domain.permalinks import DEFAULT_PERMALINK, Addressed, path_of
from everpost.domain.posts import Post

MAIN = "main"
"""The fragment of what a page is about. A redirect needs a fragment, or browsers keep that of the form."""


@dataclass(frozen=True, slots=True)
class Urls:
    """The URLs of a blog that is mounted at the path `root`. `base` is the URL of its home page, without the
    trailing slash. Paths of posts have the `permalink` pattern, with dates in `zone`.
    """

    root: str
    base: str
    permalink: str = DEFAULT_PERMALINK
    zone: tzinfo = UTC

    @property
    def home(self) -> str:
        return f"{self.root}/"

    @property
    def tags(self) -> str:
        return f"{self.root}/tags"

    @property
    def feeds(self) -> str:
        return f"{self.root}/feeds"

    @property
    def comments(self) -> str:
        """The path above the feeds of comments on all posts."""
        return f"{self.root}/comments"

    @property
    def archive(self) -> str:
        return f"{self.root}/archive"

    @property
    def api(self) -> str:
        return f"{self.root}/api"

    @property
    def desk(self) -> str:
        return f"{self.root}/desk"

    def post(self, post: Addressed) -> str:
        return self.root + quote(path_of(post, self.permalink, self.zone))

    def tag(self, tag: str) -> str:
        return f"{self.root}/tags/{quote(tag, safe='')}"

    def author(self, id: Id) -> str:
        return f"{self.root}/authors/{id}"

    def comment(self, post: Post, id: Id) -> str:
        """The place of a comment on the page of its post."""
        return f"{self.post(post)}#{anchor(id)}"

    def comments_of(self, post: Post) -> str:
        """The path above the feeds of comments on a post. It does not change with the permalink."""
        return f"{self.root}/comments/{post.id}"

    def sent(self, post_id: Id, id: Id, key: str, **more: str) -> str:
        """The page for the writer of a comment, who has its edit key."""
        return f"{self.root}/comments/{post_id}/{id}?{urlencode({'key': key, **more})}"

    def asset(self, name: str) -> str:
        return f"{self.root}/static/{name}"

    def of(self, url: str) -> str:
        """A URL from the settings: a path is taken as one of this blog."""
        return f"{self.root}{url}" if url.startswith("/") else url

    def absolute(self, path: str) -> str:
        """The absolute URL of a path that this class returned."""
        return f"{self.base}{path.removeprefix(self.root)}"


def anchor(id: Id) -> str:
    """The id of a comment in the HTML of a page."""
    return f"comment-{id}"


def with_query(path: str, **query: str | None) -> str:
    """The path with the parameters that are not None."""
    sent = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(sent)}" if sent else path


def urls_of(root_path: str, origin: str, blog: Blog | None) -> Urls:
    """The URLs of the blog below this path of this origin. None: the blog is not known."""
    root = quote(root_path.rstrip("/"))
    base = origin + root if blog is None or blog.base_url is None else blog.base_url
    return Urls(root, base) if blog is None else Urls(root, base, blog.permalink, blog.zone)


def root_of(request: Request) -> str:
    """The path at which the blog is mounted, percent-encoded, without a slash at the end."""
    return quote(request.scope.get("root_path", "").rstrip("/"))
