"""An in-memory model of a thread to compare a store with, and checks of the database itself."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from pymongo.asynchronous.database import AsyncDatabase

from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import COMMENTS_INSIDE
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, a_post, numbered, read_thread
from tests.contract.port.mirrored import MirroredThread, read_queue

TIMEOUT = 10.0

Database = AsyncDatabase[dict[str, object]]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition that becomes true in the background."""
    async with asyncio.timeout(TIMEOUT):
        while not await condition():  # noqa: ASYNC110 - nobody tells when a database has changed
            await asyncio.sleep(0.01)


async def has_no_garbage(database: Database) -> bool:
    """Whether all comments and posts in the database are visible to readers."""
    if await database["posts"].find_one({"removed_at": {"$exists": True}}) is not None:
        return False
    posts = await database["posts"].distinct("_id")
    return await database["comments"].count_documents({"post_id": {"$nin": posts}}) == 0


async def assert_previews_are_right(database: Database) -> None:
    """Assert that the preview of each post consists of its oldest shown comments."""
    async for post in database["posts"].find({"removed_at": {"$exists": False}}):
        shown = database["comments"].find({"post_id": post["_id"], "shown": True})
        oldest = await shown.sort([("publication_date", 1), ("_id", 1)]).limit(COMMENTS_INSIDE).to_list()
        assert post["comments"] == oldest


class Thread:
    """Some comments of a post as they should be, and the number of changes that led there.

    Several instances can change the same post concurrently, each its own comments.
    """

    def __init__(self, store: Store, post_id: Id, *, seed: int) -> None:
        self._mirrored = MirroredThread(store, a_post(id=post_id))
        self._random = random.Random(seed)
        self._ids = [numbered(seed * 1000 + number) for number in range(40)]

    @property
    def comments(self) -> Mapping[Id, Comment]:
        return self._mirrored.comments()

    @property
    def changes(self) -> int:
        return self._mirrored.version - 1

    async def change(self, times: int) -> None:
        """Add, edit, moderate and remove comments at random, with a few ids that are reused."""
        for _ in range(times):
            comment_id = self._random.choice(self._ids)
            if comment_id not in self.comments:
                await self._add(comment_id)
                continue
            match self._random.choice(["edit", "decide", "remove", "remove"]):
                case "edit":
                    change = CommentChange(updated_at=LATER, content=f"{self._random.random()}")
                    await self._mirrored.save(comment_id, change)
                case "decide":
                    status = self._random.choice(list(CommentStatus))
                    await self._mirrored.save(comment_id, CommentChange(updated_at=LATER, status=status))
                case _:
                    await self._mirrored.remove(comment_id)

    async def _add(self, comment_id: Id) -> None:
        parents = [None, *(comment.id for comment in self._mirrored.approved())]
        await self._mirrored.add(
            id=comment_id,
            content=f"{self._random.random()}",
            publication_date=MOMENT + timedelta(seconds=self._random.randrange(10)),
            parent_id=self._random.choice(parents),
            status=self._random.choice([CommentStatus.APPROVED, CommentStatus.PENDING]),
        )


async def assert_thread_is(store: Store, post_id: Id, comments: Mapping[Id, Comment]) -> None:
    """Assert that every way of reading the thread returns these comments."""
    in_order = sorted(comments.values(), key=lambda comment: comment.position)
    shown = [comment for comment in in_order if comment.is_shown]
    for limit in (3, 100):
        assert list(await read_thread(store, post_id, limit=limit)) == shown
    for count in (0, 3, 100):
        post = await store.posts.get(post_id, comments=count)
        assert list(post.comments) == shown[:count]
        assert post.comment_count == sum(each.status is CommentStatus.APPROVED for each in in_order)
    pages = await store.comments.branches(post_id, list(comments), limit=2)
    for comment in in_order:
        assert await store.comments.get(post_id, comment.id) == comment
        replies = tuple(each for each in shown if each.parent_id == comment.id)
        assert pages[comment.id] == Page(replies[:2], has_more=len(replies) > 2)
    for status in CommentStatus:
        waiting = [comment for comment in reversed(in_order) if comment.status is status]
        assert await read_queue(store, status, limit=7) == waiting
