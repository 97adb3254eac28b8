"""A post whose slug may be numbered gets the first free one."""

import asyncio

from everpost.domain.ids import new_id
from everpost.domain.people.users import Author
from everpost.domain.posts import Post, PostChange
from everpost.domain.records import Batch
from everpost.errors import Conflict, Invalid
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, a_post, numbered, publish, read_post
from tests.contract.refusals import raises

NOBODY = Author(id=new_id(), name="Nobody", is_disabled=False)


async def add(store: Store, post: Post) -> str:
    return (await store.posts.add(post, numbered=True)).slug


async def test_a_slug_gets_the_first_free_number_if_it_is_taken(store: Store) -> None:
    for expected in ("same", "same-2", "same-3"):
        post = a_post(slug="same")
        assert await add(store, post) == expected
        assert (await read_post(store, post.id)).slug == expected
    await publish(store, slug="same-5")
    await publish(store, slug="same-6-and-more")
    assert [await add(store, a_post(slug="same")) for _ in range(3)] == ["same-4", "same-6", "same-7"]
    assert await add(store, a_post(slug="same-2")) == "same-2-2"


async def test_a_free_number_is_found_after_more_than_a_thousand(store: Store) -> None:
    posts = [a_post(id=numbered(1), slug="same")]
    posts += [a_post(id=numbered(number), slug=f"same-{number}") for number in range(2, 1_006)]
    await store.records.write(Batch(kept=posts))
    assert await add(store, a_post(slug="same")) == "same-1006"


async def test_concurrent_posts_each_get_a_slug_of_their_own(blog_url: str) -> None:
    processes = [await open_store(blog_url, timeout=10, pool_size=3) for _ in range(2)]
    try:
        adding = (add(each, a_post(slug="same")) for each in processes for _ in range(30))
        assert set(await asyncio.gather(*adding)) == {"same", *(f"same-{n}" for n in range(2, 61))}
    finally:
        for each in processes:
            await each.close()


async def test_concurrent_changes_each_get_a_slug_of_their_own(blog_url: str) -> None:
    processes = [await open_store(blog_url, timeout=10, pool_size=3) for _ in range(2)]
    change = PostChange(updated_at=LATER, slug="same", is_slug_numbered=True)
    try:
        posts = [(each, await publish(each)) for each in processes for _ in range(30)]
        saving = (each.posts.save(post.id, change, match=None, comments=0) for each, post in posts)
        slugs = {saved.slug for saved in await asyncio.gather(*saving)}
    finally:
        for each in processes:
            await each.close()
    assert slugs == {"same", *(f"same-{n}" for n in range(2, 61))}


async def test_a_post_that_changes_may_get_a_number_and_keep_it(store: Store) -> None:
    await publish(store, slug="same")
    post = await publish(store, slug="mine")
    for _ in range(2):
        change = PostChange(updated_at=LATER, slug="same", is_slug_numbered=True)
        saved = await store.posts.save(post.id, change, match=None, comments=0)
        assert saved.slug == "same-2"
    change = PostChange(updated_at=LATER, slug="other", is_slug_numbered=True)
    assert (await store.posts.save(post.id, change, match=None, comments=0)).slug == "other"


async def test_other_errors_are_the_same_as_without_numbering(store: Store) -> None:
    taken = await publish(store, slug="same")
    post = await publish(store, slug="mine")
    with raises(Conflict, "post", "id"):
        await add(store, a_post(id=taken.id, slug="same", author=NOBODY))
    change = PostChange(updated_at=LATER, slug="same", is_slug_numbered=True, author_id=NOBODY.id)
    for writing in (
        add(store, a_post(slug="same", author=NOBODY)),
        store.posts.save(post.id, change, match=None, comments=0),
    ):
        with raises(Invalid, field="author_id"):
            await writing
    assert await read_post(store, post.id) == post
