"""`everpost db check` compares the previews of threads with their comments."""

from collections.abc import Sequence

import pytest
from bson import ObjectId

from everpost.domain.comments import CommentChange, CommentStatus
from everpost.stores import open_schema
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import LATER, comment_on, numbered, publish
from tests.stores.mongo.blog import TIMEOUT, Database, Thread

PREVIEW = "The preview of the thread in post {} differs from its comments."
COUNT = "The number of comments in post {} differs from its comments."


async def differences_at(url: str) -> Sequence[str]:
    schema = open_schema(url, timeout=TIMEOUT)
    differences = await schema.differences()
    await schema.close()
    return differences


async def test_no_thread_that_everpost_changed_differs(store: MongoStore, url: str) -> None:
    for number in range(3):
        post = await publish(store, id=numbered(900_000 + number))
        await Thread(store, post.id, seed=number).change(60)
    assert await differences_at(url) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"$set": {"comments.0.content": "Tampered"}}, PREVIEW),
        ({"$pop": {"comments": 1}}, PREVIEW),
        ({"$set": {"comment_count": 7}}, COUNT),
    ],
)
async def test_a_post_that_was_tampered_with_is_named(
    store: MongoStore, database: Database, url: str, change: dict[str, object], said: str
) -> None:
    post = await publish(store)
    for post_id in (post.id, (await publish(store)).id):
        await comment_on(store, post_id)
    await database["posts"].update_one({"_id": ObjectId(post.id)}, change)
    assert await differences_at(url) == [said.format(post.id)]


async def test_hiding_a_comment_rebuilds_the_preview(store: MongoStore, database: Database, url: str) -> None:
    post = await publish(store)
    hidden, shown = await comment_on(store, post.id), await comment_on(store, post.id)
    await database["comments"].update_one({"_id": ObjectId(shown.id)}, {"$set": {"content": "Tampered"}})
    assert await differences_at(url) == [PREVIEW.format(post.id)]
    hide = CommentChange(updated_at=LATER, status=CommentStatus.PENDING)
    await store.comments.save(post.id, hidden.id, hide, match=None)
    assert await differences_at(url) == []
