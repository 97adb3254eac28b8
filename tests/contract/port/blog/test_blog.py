"""The settings of the blog."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.comments import CommentPolicy
from everpost.domain.revisions import Revision
from everpost.errors import Stale
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import LATER
from tests.contract.refusals import describe, raises


def change_to(policy: CommentPolicy) -> BlogChange:
    return BlogChange(updated_at=LATER, comment_policy=policy)


async def test_a_new_schema_has_settings_and_each_blog_has_its_own_key(
    make_database: Callable[[], Awaitable[str]],
) -> None:
    before, keys = now(), set()
    for _ in range(2):
        url = await make_database()
        for _ in range(2):
            store = await open_store(url, timeout=10, pool_size=1)
            try:
                blog = await store.blog.get()
            finally:
                await store.close()
            assert (blog.comment_policy, blog.version) == (CommentPolicy.MODERATED, 1)
            assert before <= blog.updated_at <= now()
            assert blog.updated_at.utcoffset() == timedelta(0)
            assert (type(blog.address_key), len(blog.address_key)) == (bytes, 32)
            keys.add(blog.address_key)
    assert len(keys) == 2


@pytest.mark.parametrize("policy", CommentPolicy)
async def test_an_update_changes_only_the_given_fields(store: Store, policy: CommentPolicy) -> None:
    blog = await store.blog.get()
    saved = await store.blog.save(change_to(policy), match=frozenset({blog.revision}))
    assert saved == replace(blog, comment_policy=policy, updated_at=LATER, version=2)
    assert await store.blog.get() == saved
    assert (await store.blog.save(change_to(policy), match=None)).version == 3


async def test_a_write_with_an_outdated_revision_changes_nothing(store: Store) -> None:
    blog = await store.blog.get()
    for match in (
        frozenset[Revision](),
        frozenset({Revision(2, blog.stamp), Revision(1, 1), Revision(0, blog.stamp)}),
    ):
        with raises(Stale, "blog"):
            await store.blog.save(change_to(CommentPolicy.OPEN), match=match)
    assert await store.blog.get() == blog


async def test_of_concurrent_writers_with_the_same_revision_exactly_one_succeeds(store: Store) -> None:
    seen = frozenset({(await store.blog.get()).revision})
    outcomes = await asyncio.gather(
        *(store.blog.save(change_to(policy), match=seen) for policy in CommentPolicy), return_exceptions=True
    )
    assert sorted(map(describe, outcomes)) == ["Blog"] + ["Stale blog"] * 3
    assert (await store.blog.get()).version == 2
