"""The records of threads of every length, in their order."""

import random
from dataclasses import replace

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.records import Record
from everpost.stores.port import Store
from tests.contract.port.blog.whole_blogs import fill, records_of
from tests.contract.port.examples import a_comment, a_post, numbered, spread

LENGTHS = (0, 1, 99, 100, 101, 0, 3, 199, 200, 201, 403, 2, 0, 1_001)
"""Around what a store may read at once, and with nothing before, between and after."""


def a_thread(post_id: Id, first: int, length: int) -> list[Comment]:
    """Dates from one end of time to the other, many of them twice; every status; in order."""
    dice = random.Random(first)
    ends = {0: EARLIEST, length - 1: LATEST}
    comments = [
        a_comment(
            post_id,
            id=numbered(first + number),
            publication_date=ends.get(number, spread(number, over=50)),
            status=dice.choice(list(CommentStatus)),
        )
        for number in range(length)
    ]
    # What is not approved is shown where others answer it.
    answered = [replace(each, reply_count=dice.choice((0, 0, 1))) for each in comments]
    return sorted(answered, key=lambda comment: comment.position)


async def test_threads_of_every_length_come_whole_and_in_order(store: Store) -> None:
    records: list[Record] = [await store.blog.get()]
    for number, length in enumerate(LENGTHS, 1):
        thread = a_thread(numbered(number), number * 10_000, length)
        approved = sum(comment.status is CommentStatus.APPROVED for comment in thread)
        records += [replace(a_post(id=numbered(number)), comment_count=approved), *thread]
    await fill(store, records)
    assert await records_of(store) == records
