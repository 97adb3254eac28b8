"""The store on SQLite, PostgreSQL and MySQL or MariaDB."""

from typing import Self

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.stores.port.media_bytes import MediaBytes
from everpost.stores.schema import Prepare, leave
from everpost.stores.sql.bulk.records import SqlRecords
from everpost.stores.sql.comments import SqlComments
from everpost.stores.sql.engine import Connections, EngineName
from everpost.stores.sql.history.revisions import SqlRevisions
from everpost.stores.sql.media.files import SqlMedia
from everpost.stores.sql.media.stored_bytes import SqlMediaBytes
from everpost.stores.sql.passkeys import SqlPasskeys
from everpost.stores.sql.posts import SqlPosts
from everpost.stores.sql.preview_links import SqlPreviewLinks
from everpost.stores.sql.rate_limits import SqlRateLimits
from everpost.stores.sql.schema.schema import SqlSchema
from everpost.stores.sql.settings import SqlBlogs
from everpost.stores.sql.tokens import SqlTokens
from everpost.stores.sql.trash.trash import SqlTrash
from everpost.stores.sql.users import SqlUsers
from everpost.stores.sql.working_copies import SqlWorkingCopies

_NOTHING = select(literal(1))


class SqlStore:
    """`Store` of the port."""

    def __init__(self, connections: Connections, place: MediaBytes | None = None) -> None:
        """`place`: where the bytes of files are; None: in the database."""
        self._connections = connections
        self.posts = SqlPosts(connections)
        self.trash = SqlTrash(connections)
        self.preview_links = SqlPreviewLinks(connections)
        self.comments = SqlComments(connections)
        self.users = SqlUsers(connections)
        self.tokens = SqlTokens(connections)
        self.passkeys = SqlPasskeys(connections)
        self.limits = SqlRateLimits(connections)
        self.blog = SqlBlogs(connections)
        self.working_copies = SqlWorkingCopies(connections)
        self.revisions = SqlRevisions(connections)
        self.media = SqlMedia(connections)
        self.media_bytes = place or SqlMediaBytes(connections)
        self.records = SqlRecords(connections)

    @classmethod
    async def open(  # noqa: PLR0913 - these are the options of a store
        cls,
        url: str,
        *,
        timeout: float,
        pool_size: int,
        engine: EngineName = "drivers",
        prepare: Prepare = leave,
        place: MediaBytes | None = None,
    ) -> Self:
        """Open the store at a database URL. Its schema must be current, at the latest after `prepare`. Raises
        Misconfigured, Unreachable.
        """

        async def prepare_schema(alchemy: AsyncEngine) -> None:
            await prepare(SqlSchema(alchemy, url, timeout=timeout))

        connections = await Connections.open(
            url, timeout=timeout, pool_size=pool_size, engine=engine, prepare=prepare_schema
        )
        return cls(connections, place)

    async def ping(self) -> None:
        await self._connections.fetch(_NOTHING, {})

    async def close(self) -> None:
        await self.media_bytes.close()
        await self._connections.close()
