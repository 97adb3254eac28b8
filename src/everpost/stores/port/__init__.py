"""The port: the protocols that every store of a blog implements, bundled in a `Store`.

A call that writes is one transaction: when it returns, all of it has happened, durably; if it raises,
nothing has (except after `Busy`, which may be raised when the outcome is unknown). Returned values are frozen
and complete. Every call may raise `Busy`.

Errors are equal on every store, to the fields. Where a docstring names only a field, the resource is that of
the protocol: `Conflict("slug")` of `Posts` is `Conflict("post", "slug")`.
"""

from everpost.stores.port.blog import Blogs as Blogs
from everpost.stores.port.comments import Comments as Comments
from everpost.stores.port.media import Media as Media
from everpost.stores.port.media_bytes import MediaBytes as MediaBytes
from everpost.stores.port.media_bytes import StoredBytes as StoredBytes
from everpost.stores.port.passkeys import Passkeys as Passkeys
from everpost.stores.port.posts import Posts as Posts
from everpost.stores.port.posts import Validator as Validator
from everpost.stores.port.preview_links import PreviewLinks as PreviewLinks
from everpost.stores.port.rate_limits import RateLimits as RateLimits
from everpost.stores.port.records import Records as Records
from everpost.stores.port.records import Snapshot as Snapshot
from everpost.stores.port.revisions import Revisions as Revisions
from everpost.stores.port.store import Store as Store
from everpost.stores.port.tokens import Tokens as Tokens
from everpost.stores.port.trash import Trash as Trash
from everpost.stores.port.users import Users as Users
from everpost.stores.port.working_copies import WorkingCopies as WorkingCopies
