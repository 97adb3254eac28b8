"""Whether posts that were read before are what would be read now. Mark and version tell every change of a
post and of its thread, but not what becomes of the users whose names are in it.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import null, select, type_coerce, union_all

from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostQuery
from everpost.domain.users import Author
from everpost.stores.port import Known
from everpost.stores.sql import listing
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.reading import AUTHOR, MOST_HEADS, AnyUnion, padded, these, users
from everpost.stores.sql.rows import AnyRow, author_of
from everpost.stores.sql.tables import PostRow, UserRow
from everpost.stores.turns import Turns


class Currency:
    """Holds what is known against the database: states only, and no words."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._turns = Turns(self._hold, most=MOST_HEADS)

    async def holds(self, known: Post) -> bool:
        """Whether the database says that the post, as it is known, would be read so now."""
        return await self._turns.ask(known)

    async def _hold(self, known: Sequence[Post]) -> Sequence[bool]:
        authors: set[Author] = set().union(*(post.authors for post in known))
        if len(authors) > MOST_HEADS:
            return [False] * len(known)
        posts_size, posts = padded("post", list({post.id for post in known}))
        users_size, names = padded("author", [author.id for author in authors])
        rows = await self._connections.fetch(_states(posts_size, users_size), {**posts, **names})
        states = {row.id: row for row in rows if row.version is not None}
        named = {author_of(row) for row in rows if row.version is None}
        return [
            post.id in states and _has_state(post, states[post.id]) and post.authors <= named
            for post in known
        ]

    async def page(self, query: PostQuery, narrowed: listing.Narrowed, known: Known) -> Page[Post] | None:
        """The page, where all of its posts are known; None where one is not, or not as it is now."""
        statement, parameters = listing.page_of_posts(query, narrowed, whole=False)
        bounded = listing.is_bounded(query)
        rows = list(await self._connections.fetch(statement, parameters, bounded=bounded))
        shown = listing.in_order(rows, query.sort)[: query.limit]
        posts = []
        for row in shown:
            post = known(row.id)
            if post is None or not _has_state(post, row) or post.author != author_of(row):
                return None
            posts.append(post)
        if not await self._are_named(frozenset().union(*(post.authors for post in posts)), shown):
            return None
        return Page(tuple(posts), has_more=len(rows) > len(shown))

    async def _are_named(self, authors: frozenset[Author], read: Iterable[AnyRow]) -> bool:
        """Whether users are called so, of whom some were read already."""
        others = authors - {author_of(row) for row in read}
        if not others:
            return True
        if len(others) > MOST_HEADS:
            return False
        found = await self._connections.fetch(*users([author.id for author in others]))
        return others == set(map(author_of, found))


def _has_state(known: Post, row: AnyRow) -> bool:
    return bool(row.version == known.version and row.stamp == known.mark)


@cache
def _states(posts: int, authors: int) -> AnyUnion:
    """The states of so many posts, and so many users; these have no version."""
    nobody = (type_coerce(null(), column.type).label(column.key) for column in AUTHOR)
    states = select(PostRow.id, PostRow.version, PostRow.stamp, *nobody)
    named = select(null(), null(), null(), *AUTHOR)
    return union_all(
        states.where(PostRow.id.in_(these("post", posts))),
        named.where(UserRow.id.in_(these("author", authors))),
    )
