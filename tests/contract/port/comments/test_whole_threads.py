"""Posts that are added together with their whole thread."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from everpost.domain.posts import MAX_TAGS, Post
from everpost.errors import Conflict, NotFound
from everpost.stores.port import Store
from tests.contract.port.blog.whole_blogs import records_of
from tests.contract.port.examples import (
    MOMENT,
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    read_post,
    read_thread,
)
from tests.contract.refusals import raises


async def test_a_new_post_is_added_with_its_whole_thread(store: Store) -> None:
    post = a_post(tags=tuple(f"tag {number}" for number in range(MAX_TAGS)))
    thread = [
        a_comment(post.id, id=numbered(number), publication_date=MOMENT + timedelta(seconds=number))
        for number in range(300)
    ]
    thread[0] = replace(thread[0], reply_count=1)
    thread[1] = replace(thread[1], parent_id=thread[0].id, depth=1)
    await store.posts.add(replace(post, comment_count=300), thread=thread)
    assert await read_thread(store, post.id) == thread
    assert (await records_of(store))[1:] == [replace(post, comment_count=300), *thread]


async def test_a_post_whose_thread_has_a_taken_id_is_not_added(store: Store) -> None:
    taken = await comment_on(store, (await publish(store)).id)
    post = a_post()
    thread = [a_comment(post.id), replace(taken, post_id=post.id)]
    with raises(Conflict, "comment", "id"):
        await store.posts.add(replace(post, comment_count=2), thread=thread)
    with raises(NotFound, "post"):
        await read_post(store, post.id)
    assert await store.comments.find(thread[0].id) is None
    assert await store.comments.find(taken.id) == taken


async def test_a_thread_with_a_taken_id_fails_alone_among_concurrent_ones(store: Store) -> None:
    taken = await comment_on(store, (await publish(store)).id)
    posts = [a_post(slug=f"post-{number}") for number in range(5)]
    threads = [[a_comment(post.id)] for post in posts]
    threads[2] = [*threads[2], replace(taken, post_id=posts[2].id)]
    results = await asyncio.gather(
        *(
            store.posts.add(replace(post, comment_count=len(thread)), thread=thread)
            for post, thread in zip(posts, threads, strict=True)
        ),
        return_exceptions=True,
    )
    assert [type(each) for each in results] == [Post, Post, Conflict, Post, Post]
    for post, thread, result in zip(posts, threads, results, strict=True):
        if isinstance(result, Post):
            assert await read_thread(store, post.id) == thread
        else:
            assert await store.posts.find(post.slug, comments=0) is None
    assert await store.comments.find(taken.id) == taken
