"""The store, which bundles the protocols of the port."""

from typing import Protocol

from everpost.stores.port.blog import Blogs
from everpost.stores.port.comments import Comments
from everpost.stores.port.media import Media
from everpost.stores.port.media_bytes import MediaBytes
from everpost.stores.port.passkeys import Passkeys
from everpost.stores.port.posts import Posts
from everpost.stores.port.preview_links import PreviewLinks
from everpost.stores.port.rate_limits import RateLimits
from everpost.stores.port.records import Records
from everpost.stores.port.revisions import Revisions
from everpost.stores.port.tokens import Tokens
from everpost.stores.port.trash import Trash
from everpost.stores.port.users import Users
from everpost.stores.port.working_copies import WorkingCopies


class Store(Protocol):
    """A database that holds a blog. Lives as long as the process; tasks of one event loop may share it."""

    @property
    def posts(self) -> Posts: ...

    @property
    def trash(self) -> Trash: ...

    @property
    def preview_links(self) -> PreviewLinks: ...

    @property
    def comments(self) -> Comments: ...

    @property
    def users(self) -> Users: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def passkeys(self) -> Passkeys: ...

    @property
    def limits(self) -> RateLimits: ...

    @property
    def blog(self) -> Blogs: ...

    @property
    def working_copies(self) -> WorkingCopies: ...

    @property
    def revisions(self) -> Revisions: ...

    @property
    def media(self) -> Media: ...

    @property
    def media_bytes(self) -> MediaBytes:
        """The place for the bytes of files: the database of the blog, unless the store was opened with
        another.
        """
        ...

    @property
    def records(self) -> Records: ...

    async def ping(self) -> None:
        """Check that the database responds. Raises Busy."""
        ...

    async def close(self) -> None:
        """Close every connection, and the place for bytes."""
        ...
