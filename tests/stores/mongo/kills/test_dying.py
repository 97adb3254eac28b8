"""After a process was killed at any point, the blog has what was acknowledged, and can be written."""

import asyncio
import sys
from pathlib import Path

import pytest

from everpost.domain.ids import Id
from everpost.errors import NotFound
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import a_comment, publish, read_thread
from tests.stores.mongo.blog import Database, assert_previews_are_right, has_no_garbage, until
from tests.stores.mongo.kills.dying import Content, comment_of, deeds, post_of, states
from tests.volume import volumes


async def content_of(store: MongoStore, post_id: Id) -> Content:
    try:
        post = await store.posts.get(post_id, comments=100)
    except NotFound:
        return None
    assert list(post.comments) == list(await read_thread(store, post_id))
    assert post.comment_count == sum(bool(comment.content) for comment in post.comments)
    for comment in post.comments:
        answers = [each for each in post.comments if each.parent_id == comment.id]
        assert comment.reply_count == len(answers)
    return {comment.id: comment.content for comment in post.comments}


async def finish(store: MongoStore, child: int) -> None:
    """Continue where the child was killed, until its post has been removed."""
    post_id = post_of(child)
    content = await content_of(store, post_id)
    if content is None:
        await publish(store, id=post_id)
        content = {}
    more = [a_comment(post_id) for _ in range(5)]
    for comment in more:
        await store.comments.add(comment)
    answered = comment_of(child, 1).id
    removed = [name for name in content if name != answered][::2]
    for name in removed:
        await store.comments.remove(post_id, name, match=None)
    expected = {name: words for name, words in content.items() if name not in removed}
    expected |= {comment.id: comment.content for comment in more}
    if not expected.keys() & {comment_of(child, number).id for number in (10, 11)}:
        expected = {name: words for name, words in expected.items() if words}
    assert await content_of(store, post_id) == expected
    await store.posts.remove(post_id, match=None)


def read_journals(folder: Path) -> dict[int, int]:
    """The number of changes that were acknowledged to each child."""
    return {int(file.name): len(file.read_text().splitlines()) for file in folder.iterdir()}


@pytest.mark.parametrize("step", volumes(3, 1))
async def test_wherever_a_process_is_killed_what_it_was_told_is_so_and_nothing_else(
    url: str, database: Database, tmp_path: Path, step: int
) -> None:
    command = (sys.executable, "-m", "tests.stores.mongo.kills.dying", url, str(tmp_path), str(step))
    dying = await asyncio.create_subprocess_exec(*command)
    try:
        assert await asyncio.wait_for(dying.wait(), 120) == 0
    finally:
        if dying.returncode is None:
            dying.kill()
            await dying.wait()
    store = await MongoStore.open(url, timeout=30, pool_size=5)
    journals = read_journals(tmp_path)
    assert len(journals) * step > len(deeds(store, 0))
    for child, done in journals.items():
        assert await content_of(store, post_of(child)) in states(child, store)[done : done + 2]
    await assert_previews_are_right(database)
    await asyncio.gather(*(finish(store, child) for child in journals))
    await until(lambda: has_no_garbage(database))
    await store.close()
