"""Writers who change one post at the same time."""

import asyncio

from everpost.domain.posts import PostChange
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, a_comment, publish, read_post

WRITERS = 12


async def test_a_changed_post_has_the_comments_of_its_version(store: Store, blog_url: str) -> None:
    post = await publish(store, tags=("a",))
    first = await store.comments.add(a_comment(post.id))
    other = await open_store(blog_url, timeout=10, pool_size=3)
    try:
        changes = [PostChange(updated_at=LATER, title=f"Title {number}") for number in range(WRITERS)]
        saving = [
            each.posts.save(post.id, change, match=None, comments=100)
            for change in changes
            for each in (store, other)
        ]
        adding = [each.comments.add(a_comment(post.id)) for _ in changes for each in (store, other)]
        saved, added = await asyncio.gather(asyncio.gather(*saving), asyncio.gather(*adding))
    finally:
        await other.close()
    for each in saved:
        assert len(each.comments) == each.comment_count
    assert sorted(str(each.title) for each in saved) == sorted(
        str(each.title) for each in [*changes, *changes]
    )
    assert len({each.version for each in saved}) == len(saved)
    last = await read_post(store, post.id)
    assert last.version == 2 + len(saved) + len(added)
    assert {each.id for each in last.comments} == {each.id for each in (first, *added)}
