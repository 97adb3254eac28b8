"""The settings of the blog."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from everpost.domain.blog import SETTINGS, Blog, BlogChange, NavigationLink
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
            assert blog == Blog(
                comment_policy=CommentPolicy.MODERATED,
                updated_at=blog.updated_at,
                version=1,
                address_key=blog.address_key,
            )
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


CHANGES = {
    "title": ("Ann's blog \U0001f600", "", "\U0010ffff" * 255),
    "description": ("Notes\r\non life", "\U0010ffff" * 500, ""),
    "language": ("pt-BR", "x-" + "-".join(["abcdefgh"] * 3)),
    "time_zone": ("Europe/Berlin", "America/Argentina/ComodRivadavia"),
    "base_url": ("https://blog.example/~ann", "http://[::1]:8000"),
    "permalink": ("/{year}/{month}/{slug}", "/" + "\U00010330" * 92 + "/{slug}"),
    "navigation": (
        (NavigationLink("About", "/about"), NavigationLink("Mail \U0001f600", "mailto:ann@blog.example")),
        tuple(NavigationLink("\U0001f600" * 100, "/" + "\U0001f600" * 1_999) for _ in range(20)),
        (),
    ),
    "posts_per_page": (1, 100),
}
"""New values of each setting except the comment policy."""


async def test_each_setting_keeps_its_values_and_leaves_the_others_alone(
    store: Store, subtests: pytest.Subtests
) -> None:
    assert {"comment_policy", *CHANGES} == set(SETTINGS)
    expected = await store.blog.get()
    for name, values in CHANGES.items():
        for value in values:
            with subtests.test(setting=name, value=value):
                values_of_change: dict[str, Any] = {name: value}
                change = BlogChange(updated_at=LATER, **values_of_change)
                expected = replace(
                    expected, **values_of_change, updated_at=LATER, version=expected.version + 1
                )
                assert await store.blog.save(change, match=None) == expected
                assert await store.blog.get() == expected


async def test_the_base_url_can_be_removed(store: Store) -> None:
    await store.blog.save(BlogChange(updated_at=LATER, base_url="https://blog.example"), match=None)
    removed = await store.blog.save(BlogChange(updated_at=LATER, base_url=""), match=None)
    assert removed.base_url is None
    assert await store.blog.get() == removed


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
