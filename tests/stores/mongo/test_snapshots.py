"""A snapshot is consistent while others write continuously."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post, PostChange
from everpost.domain.records import Record
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import LATER, numbered, publish
from tests.stores.mongo.blog import Thread
from tests.stores.mongo.moving import fill, records_of


async def test_it_is_of_one_moment_while_writers_write(store: MongoStore, other_store: MongoStore) -> None:
    await fill(store)
    for number in (40, 41):
        await publish(store, id=numbered(number), title="0")

    threads = [Thread(other_store, numbered(number), seed=number) for number in (40, 41)]
    stopping = asyncio.Event()

    async def count_up() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            for post_id in (numbered(40), numbered(41)):
                change = PostChange(updated_at=LATER, title=f"{number}")
                await other_store.posts.save(post_id, change, match=None, comments=0)
                await pause()

    async def comment(thread: Thread) -> None:
        while not stopping.is_set():
            await thread.change(1)
            await pause()

    writers = [asyncio.create_task(count_up()), *(asyncio.create_task(comment(each)) for each in threads)]
    try:
        for _ in range(10):
            assert_of_one_moment(await records_of(store))
    finally:
        stopping.set()
        await asyncio.gather(*writers)


async def pause() -> None:
    """The pause of a writer between two writes."""
    await asyncio.sleep(random.random() / 10)


def assert_of_one_moment(records: Sequence[Record]) -> None:
    titles = {each.id: int(each.title) for each in records if isinstance(each, Post) and each.title.isdigit()}
    assert titles[numbered(40)] - titles[numbered(41)] in (0, 1)
    comments = [each for each in records if isinstance(each, Comment)]
    assert len({comment.id for comment in comments}) == len(comments)
    approved = Counter(each.post_id for each in comments if each.status is CommentStatus.APPROVED)
    replies = Counter(each.parent_id for each in comments if each.is_shown)
    assert all(each.comment_count == approved[each.id] for each in records if isinstance(each, Post))
    assert all(each.reply_count == replies[each.id] for each in comments)
