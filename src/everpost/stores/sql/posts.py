"""Posts in SQL."""

from collections import defaultdict

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostQuery
from everpost.domain.revisions import Match, Revision
from everpost.errors import Busy, Conflict, NotFound, Stale
from everpost.stores.sql import reading
from everpost.stores.sql.connections import Connections, Rows, rows_matched
from everpost.stores.sql.matching import having, revisions
from everpost.stores.sql.tables import PostRow

_REVISION = select(PostRow.version, PostRow.updated_at).where(PostRow.id == reading.ID)
_COUNT = select(func.count()).select_from(PostRow)
_ADD = insert(PostRow)
_REMOVE = delete(PostRow).where(PostRow.id == reading.ID)
_SAVE = update(PostRow).where(PostRow.id == reading.ID).values(version=PostRow.version + 1)


class SqlPosts:
    """`Posts` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, id: Id, *, comments: int) -> Post:
        rows = await self._connections.fetch(reading.POST_BY_ID, {"this": id, "comments": comments})
        return _found(rows, id)

    async def revision(self, id: Id) -> Revision:
        for row in await self._connections.fetch(_REVISION, {"this": id}):
            return Revision(row.version, row.updated_at)
        raise NotFound("post", id)

    async def find(self, slug: str, *, comments: int) -> Post | None:
        rows = await self._connections.fetch(reading.POST_BY_SLUG, {"slug": slug, "comments": comments})
        return reading.post_with_thread(rows)

    async def page(self, query: PostQuery) -> Page[Post]:
        limit = {"limit": query.limit + 1}
        if query.after is None:
            rows = await self._connections.fetch(reading.POSTS_FROM, limit | {"skip": query.skip})
        else:
            rows = await self._connections.fetch(reading.POSTS_AFTER, limit | reading.place(query.after))
        shown = rows[: query.limit]
        threads = await self._threads([row.id for row in shown if row.comment_count], query.comments)
        posts = tuple(reading.post_of(row, threads[row.id]) for row in shown)
        return Page(posts, has_more=len(rows) > len(shown))

    async def count(self) -> int:
        ((count,),) = await self._connections.fetch(_COUNT, {})
        return int(count)

    async def add(self, post: Post) -> None:
        try:
            await self._connections.change(_ADD, _values(post))
        except IntegrityError as error:
            raise await self._conflict(post) from error

    async def save(self, id: Id, change: PostChange, *, match: Match, comments: int) -> Post:
        statement = having(match, PostRow, _SAVE.values(_changes(change)))

        async def work(connection: AsyncConnection) -> Rows:
            result = await connection.execute(statement, {"this": id} | revisions(match))
            if not rows_matched(result):
                there = (await connection.execute(reading.POST_IS_THERE, {"this": id})).first()
                raise NotFound("post", id) if there is None else Stale("post", id)
            return (await connection.execute(reading.POST_BY_ID, {"this": id, "comments": comments})).all()

        try:
            return _found(await self._connections.transact(work), id)
        except IntegrityError as error:
            raise Conflict("post", "slug") from error

    async def remove(self, id: Id, *, match: Match) -> None:
        statement = having(match, PostRow, _REMOVE)
        if not await self._connections.change(statement, {"this": id} | revisions(match), hurried=False):
            await self.revision(id)
            raise Stale("post", id)

    async def _threads(self, post_ids: list[Id], comments: int) -> dict[Id, list[Comment]]:
        """The oldest comments of each of these posts."""
        threads: dict[Id, list[Comment]] = defaultdict(list)
        if post_ids and comments:
            statement, parameters = reading.oldest_of_threads(post_ids)
            for row in await self._connections.fetch(statement, parameters | {"comments": comments}):
                threads[row.post_id].append(reading.comment_of(row))
        return threads

    async def _conflict(self, post: Post) -> Conflict | Busy:
        """Which value of a post that could not be added is taken."""
        if await self._connections.fetch(reading.POST_IS_THERE, {"this": post.id}):
            return Conflict("post", "id")
        if post.slug is not None and await self.find(post.slug, comments=0):
            return Conflict("post", "slug")
        return Busy("What was in the way of the post is gone again. Try again.")


def _found(rows: Rows, id: Id) -> Post:
    post = reading.post_with_thread(rows)
    if post is None:
        raise NotFound("post", id)
    return post


def _values(post: Post) -> dict[str, object]:
    return {
        "id": post.id,
        "title": post.title,
        "content": post.content,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
        "version": post.version,
        "slug": post.slug,
        "tags": post.tags,
        "comment_count": 0,
    }


def _changes(change: PostChange) -> dict[str, object]:
    """The columns that get another value."""
    changes: dict[str, object] = {"updated_at": change.updated_at}
    for name in ("title", "content", "publication_date", "tags"):
        value = getattr(change, name)
        if value is not None:
            changes[name] = value
    if change.slug is not None:
        changes["slug"] = change.slug or None
    return changes
