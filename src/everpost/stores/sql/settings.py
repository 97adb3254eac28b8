"""The settings of the blog in SQL."""

from collections.abc import Sequence

from sqlalchemy import select, update

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Stale
from everpost.stores.batching import Batcher
from everpost.stores.sql.engine import Connections, Transaction
from everpost.stores.sql.model.mappers import blog_of
from everpost.stores.sql.model.tables import BlogRow
from everpost.stores.sql.queries.preconditions import STAMP, new_stamp_value, with_revision, with_values

BLOG = select(*(column for column in BlogRow.__table__.c if column.key != "number"))
_MOST_TOGETHER = 1_000
_SAVE = update(BlogRow).values(version=BlogRow.version + 1, stamp=STAMP, names_stamp=STAMP)
_RENEW_NAMES = update(BlogRow).values(names_stamp=STAMP)


class SqlBlogs:
    """`Blogs` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._batches: Batcher[None, Blog] = Batcher(self._get, most=_MOST_TOGETHER)

    async def get(self) -> Blog:
        return await self._batches.load(None)

    async def _get(self, questions: Sequence[None]) -> Sequence[Blog]:
        (row,) = await self._connections.fetch(BLOG, {})
        return [blog_of(row)] * len(questions)

    async def save(self, change: BlogChange, *, match: ExpectedRevisions) -> Blog:
        async def work(transaction: Transaction) -> Blog:
            await save_settings(transaction, change, match)
            return blog_of((await transaction.execute(BLOG)).one())

        return await self._connections.transact(work)


async def save_settings(transaction: Transaction, change: BlogChange, match: ExpectedRevisions) -> None:
    """Change the settings, and lock the blog until the transaction ends. Raises Stale."""
    saving, parameters = with_values(_SAVE, change.values() | {"updated_at": change.updated_at})
    statement, parameters = with_revision(match, BlogRow, saving, parameters)
    if not (await transaction.execute(statement, parameters | new_stamp_value())).matched:
        raise Stale("blog", "settings")


async def renew_names(transaction: Transaction) -> None:
    """Lock the blog until the transaction ends, and invalidate the validators of all posts when it commits.
    The value must be new, because Galera nodes only notice changes.
    """
    await transaction.execute(_RENEW_NAMES, new_stamp_value())
