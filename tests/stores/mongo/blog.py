"""A blog in plain memory, to compare a store with, and ways to look into its database."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from pymongo.asynchronous.database import AsyncDatabase

from everpost.domain.comments import Comment, CommentChange
from everpost.domain.ids import Id
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, a_comment, numbered, read_thread

TIMEOUT = 10.0

Database = AsyncDatabase[dict[str, object]]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what somebody does in the background."""
    async with asyncio.timeout(TIMEOUT):
        while not await condition():  # noqa: ASYNC110 - nobody tells when a database has changed
            await asyncio.sleep(0.01)


async def nothing_settled(database: Database) -> bool:
    return await database["comments"].count_documents({}) == 0


class Thread:
    """Some comments of a post as they ought to be, and how many changes led there.

    Several may work on one post at the same time, each on comments of its own.
    """

    def __init__(self, store: Store, post_id: Id, *, seed: int) -> None:
        self.store = store
        self.post_id = post_id
        self.comments: dict[Id, Comment] = {}
        self.changes = 0
        self._random = random.Random(seed)
        self._ids = [numbered(seed * 1000 + number) for number in range(40)]

    async def change(self, times: int) -> None:
        """Add, edit and remove at random; ids are used again and again."""
        for _ in range(times):
            comment_id = self._random.choice(self._ids)
            if comment_id not in self.comments:
                await self._add(comment_id)
            elif self._random.random() < 0.5:
                await self._edit(comment_id)
            else:
                await self._remove(comment_id)
            self.changes += 1

    async def _add(self, comment_id: Id) -> None:
        parents = [None, *self.comments]
        comment = a_comment(
            self.post_id,
            id=comment_id,
            content=f"{self._random.random()}",
            publication_date=MOMENT + timedelta(seconds=self._random.randrange(10)),
            parent_id=self._random.choice(parents),
        )
        await self.store.comments.add(comment)
        self.comments[comment_id] = comment

    async def _edit(self, comment_id: Id) -> None:
        change = CommentChange(updated_at=LATER, content=f"{self._random.random()}")
        before = self.comments[comment_id]
        match = self._random.choice([None, frozenset({before.revision})])
        saved = await self.store.comments.save(self.post_id, comment_id, change, match=match)
        expected = replace(before, content=change.content, updated_at=LATER, version=before.version + 1)
        assert saved == expected
        self.comments[comment_id] = expected

    async def _remove(self, comment_id: Id) -> None:
        match = self._random.choice([None, frozenset({self.comments[comment_id].revision})])
        await self.store.comments.remove(self.post_id, comment_id, match=match)
        del self.comments[comment_id]


async def assert_thread_is(store: Store, post_id: Id, comments: dict[Id, Comment]) -> None:
    """By every way to read it."""
    expected = sorted(comments.values(), key=lambda comment: comment.position)
    for limit in (3, 100):
        assert list(await read_thread(store, post_id, limit=limit)) == expected
    for shown in (0, 3, 100):
        post = await store.posts.get(post_id, comments=shown)
        assert list(post.comments) == expected[:shown]
        assert post.comment_count == len(expected)
    for comment in expected:
        assert await store.comments.get(post_id, comment.id) == comment
