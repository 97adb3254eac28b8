"""Writes which posts use which files, while a whole blog is written."""

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import Post
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.media.uses import Use, uses_of
from everpost.stores.sql.model.media import MediaRow, PostMediaRow
from everpost.stores.sql.model.types import Moment

_AT_ONCE = 500
_IDS: BindParameter[object] = bindparam("ids", expanding=True)
_FOUND = select(MediaRow.id).where(MediaRow.id.in_(_IDS))
_OF_POSTS = PostMediaRow.post_id.in_(_IDS)
_RELEASE = (
    update(MediaRow)
    .where(MediaRow.id == PostMediaRow.media_id, _OF_POSTS)
    .values(released_at=bindparam("released", type_=Moment))
)
_FORGET_POSTS = delete(PostMediaRow).where(_OF_POSTS)
_FORGET_MEDIA = delete(PostMediaRow).where(PostMediaRow.media_id.in_(_IDS))
_ADD = insert(PostMediaRow)


class UsesOfPosts:
    """The files that posts use."""

    async def forget(self, transaction: Transaction, ids: Sequence[object]) -> None:
        for some in _slices(ids):
            await transaction.execute(_RELEASE, {"ids": some, "released": now()})
            await transaction.execute(_FORGET_POSTS, {"ids": some})

    async def add(self, transaction: Transaction, records: Sequence[Post]) -> None:
        linked = [(post.id, use) for post in records for use in uses_of(post)]
        there = await _existing(transaction, linked)
        rows = (
            {"post_id": post_id, "place": use.place, "media_id": use.media_id}
            for post_id, use in linked
            if use.media_id in there
        )
        await transaction.load(_ADD, rows)

    async def replace(self, transaction: Transaction, records: Sequence[Post]) -> None:
        await self.forget(transaction, [post.id for post in records])
        await self.add(transaction, records)


class UsesOfMedia:
    """The posts that use files."""

    async def forget(self, transaction: Transaction, ids: Sequence[object]) -> None:
        for some in _slices(ids):
            await transaction.execute(_FORGET_MEDIA, {"ids": some})

    async def add(self, transaction: Transaction, records: Sequence[MediaFile]) -> None:
        """Do nothing: files come before the posts that use them."""

    async def replace(self, transaction: Transaction, records: Sequence[MediaFile]) -> None:
        """Do nothing: the same posts use them as before."""


async def _existing(transaction: Transaction, linked: Sequence[tuple[Id, Use]]) -> set[Id]:
    """Return the ids of those files that exist. While a blog is written, nothing else removes them."""
    there: set[Id] = set()
    for some in _slices([*{use.media_id for _, use in linked}]):
        there.update(row.id for row in await transaction.execute(_FOUND, {"ids": some}))
    return there


def _slices(ids: Sequence[object]) -> Iterator[list[object]]:
    each = iter(ids)
    while some := [*islice(each, _AT_ONCE)]:
        yield some
