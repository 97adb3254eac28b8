"""Tags: their storage, and the number of public posts for each."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.clock import LATEST
from everpost.domain.posts import MAX_TAG, MAX_TAGS, PostChange, PostKind, PostStatus, TagCount, TagQuery
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    SIMILAR_TEXTS,
    publish,
    read_post,
    read_posts,
    register,
)

TAGS = [
    *[
        "",
        " ",
        "!",
        "0",
        "00",
        "1",
        "10",
        "9",
        "A",
        "AA",
        "Z",
        "_",
        "a",
        "a ",
        "a b",
        "aa",
        "ab",
        "b",
        "z",
        "~",
    ],
    *[
        "\x01",
        "\x7f",
        "\u00c9",
        "\u00df",
        "\u00e9",
        "e\u0301",
        "\u0130",
        "\u0131",
        "\u03c2",
        "\u03c3",
        "\u304b",
    ],
    *[
        "\u30ab",
        "\ufb01",
        "\ufeff",
        "\uff41",
        "\uffff",
        "\U00010000",
        "\U0001f600",
        "\U0001f601",
        "\U0010ffff",
    ],
]
"""In no order that any collation gives; UTF-16 has the last ones elsewhere."""


async def read_tags(store: Store, *, limit: int = 100) -> Sequence[TagCount]:
    """Every tag, page by page."""
    tags: list[TagCount] = []
    after: str | None = None
    while True:
        page = await store.posts.tags(TagQuery(moment=LATEST, limit=limit, after=after))
        tags.extend(page.rows)
        if not page.has_more:
            return tags
        assert page.rows[-1].tag != after, "the walk does not move on"
        after = page.rows[-1].tag


def change_to(*tags: str) -> PostChange:
    return PostChange(updated_at=LATER, tags=tags)


async def test_a_blog_without_posts_has_no_tags(store: Store) -> None:
    assert await read_tags(store) == []
    await publish(store)
    assert await read_tags(store) == []


async def test_twenty_tags_keep_their_order(store: Store) -> None:
    tags = tuple(random.Random(1).sample(TAGS, MAX_TAGS))
    post = await publish(store, tags=tags)
    assert (await read_post(store, post.id)).tags == tags
    saved = await store.posts.save(post.id, change_to(*tags[::-1]), match=None, comments=0)
    assert saved.tags == tags[::-1]
    (listed,) = await read_posts(store, replace(EVERYBODY, tag=tags[7]))
    assert listed == saved


@pytest.mark.parametrize(("one", "other"), SIMILAR_TEXTS)
async def test_tags_are_compared_byte_by_byte(store: Store, one: str, other: str) -> None:
    first, second = await publish(store, tags=(one, "both")), await publish(store, tags=("both", other))
    third = await publish(store, tags=(one, other))
    for tag, posts in ((one, {first.id, third.id}), (other, {second.id, third.id})):
        these = replace(EVERYBODY, tag=tag)
        assert {post.id for post in await read_posts(store, these)} == posts
        assert await store.posts.count(these) == 2
    assert await read_tags(store) == [TagCount(tag, 2) for tag in sorted((one, other, "both"))]


@pytest.mark.parametrize("limit", [1, 7, 39, 40, 41])
async def test_tags_come_in_the_order_of_their_code_points(store: Store, limit: int) -> None:
    shuffled = random.Random(2).sample(TAGS, len(TAGS))
    for first in range(0, len(TAGS), 10):
        await publish(store, tags=tuple(shuffled[first : first + 10]))
    assert await read_tags(store, limit=limit) == [TagCount(tag, 1) for tag in sorted(TAGS)]


async def test_a_page_of_tags_starts_anywhere_between_them(store: Store) -> None:
    await publish(store, tags=("b", "d"))
    for after, rest in (
        ("", "bd"),
        ("a", "bd"),
        ("b", "d"),
        ("b ", "d"),
        ("c", "d"),
        ("d", ""),
        ("\U0010ffff", ""),
    ):
        page = await store.posts.tags(TagQuery(moment=LATEST, limit=9, after=after))
        assert [row.tag for row in page.rows] == list(rest)
        assert not page.has_more


async def test_the_longest_tags_are_told_apart_by_their_last_character(store: Store) -> None:
    tags = tuple("\U0010ffff" * (MAX_TAG - 1) + last for last in "abA")
    for tag in tags:
        await publish(store, tags=(tag,))
    assert await read_tags(store, limit=1) == [TagCount(tag, 1) for tag in sorted(tags)]
    assert await store.posts.count(replace(EVERYBODY, tag=tags[0])) == 1


async def test_only_public_posts_are_counted(store: Store) -> None:
    ada = await register(store)
    await publish(store, tags=("out", "both"), publication_date=MOMENT)
    await publish(store, tags=("draft", "both"), status=PostStatus.DRAFT, author=ada.author)
    await publish(store, tags=("later", "both"), publication_date=LATER)
    before = await store.posts.tags(TagQuery(moment=MOMENT - timedelta(milliseconds=1), limit=9))
    assert list(before.rows) == []
    then = await store.posts.tags(TagQuery(moment=MOMENT, limit=9))
    assert list(then.rows) == [TagCount("both", 1), TagCount("out", 1)]
    after = await store.posts.tags(TagQuery(moment=LATER, limit=9))
    assert list(after.rows) == [TagCount("both", 2), TagCount("later", 1), TagCount("out", 1)]


async def test_hidden_tags_do_not_count_towards_a_page(store: Store) -> None:
    for number in range(30):
        await publish(store, tags=(f"hidden {number:02}",), status=PostStatus.DRAFT)
    await publish(store, tags=("z", "zz"))
    page = await store.posts.tags(TagQuery(moment=LATEST, limit=1))
    assert (list(page.rows), page.has_more) == ([TagCount("z", 1)], True)


async def test_counts_follow_every_change(store: Store) -> None:
    post, other = await publish(store, tags=("a", "b")), await publish(store, tags=("a",))
    await store.posts.save(post.id, change_to("b", "c"), match=None, comments=0)
    assert await read_tags(store) == [TagCount("a", 1), TagCount("b", 1), TagCount("c", 1)]
    draft = PostChange(updated_at=LATER, status=PostStatus.DRAFT)
    await store.posts.save(post.id, draft, match=None, comments=0)
    assert await read_tags(store) == [TagCount("a", 1)]
    published = PostChange(updated_at=LATER, status=PostStatus.PUBLISHED)
    await store.posts.save(post.id, published, match=None, comments=0)
    await store.posts.remove(other.id, match=None)
    assert await read_tags(store) == [TagCount("b", 1), TagCount("c", 1)]


async def test_of_concurrent_changes_of_tags_one_is_stored_whole(store: Store) -> None:
    post = await publish(store, tags=("old",))
    wanted = [tuple(f"{writer} {number}" for number in range(5)) for writer in range(6)]
    await asyncio.gather(
        *(store.posts.save(post.id, change_to(*tags), match=None, comments=0) for tags in wanted)
    )
    kept = await read_post(store, post.id)
    assert kept.tags in wanted
    assert kept.version == 7
    assert await read_tags(store) == [TagCount(tag, 1) for tag in kept.tags]


async def test_tags_of_pages_are_not_counted(store: Store) -> None:
    post = await publish(store, tags=("a",))
    page = await publish(store, tags=("a", "b"), kind=PostKind.PAGE)
    assert await read_tags(store) == [TagCount("a", 1)]
    await store.posts.save(post.id, PostChange(updated_at=LATER, kind=PostKind.PAGE), match=None, comments=0)
    await store.posts.save(page.id, PostChange(updated_at=LATER, kind=PostKind.POST), match=None, comments=0)
    assert await read_tags(store) == [TagCount("a", 1), TagCount("b", 1)]
    assert [each.id for each in await read_posts(store, replace(EVERYBODY, tag="a"))] == [page.id]
    pages = replace(EVERYBODY, tag="a", kind=PostKind.PAGE)
    assert [each.id for each in await read_posts(store, pages)] == [post.id]
