"""Values are read as they were written, to the character and the millisecond."""

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import MAX_COMMENT, MAX_GUEST_NAME, CommentChange
from everpost.domain.posts import MAX_CONTENT, MAX_SLUG, MAX_TAG, MAX_TAGS, MAX_TITLE, PostChange
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    SIMILAR_TEXTS,
    comment_on,
    publish,
    read_post,
    read_posts,
    read_thread,
)

GRINNING = "\U0001f600"
LAST_CHARACTER = "\U0010ffff"
EVERY_PLANE = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0x21, 0xABCD, 0xFFFD, 0xFFFF))

TEXTS = {
    "accents": "Ünïcödé, composed é and not e\u0301",
    "case pairs": "aA éÉ ßẞ \u0131İiI ǆǅǄ σςΣ",
    "blanks around": " \t between blanks \u00a0\u3000 ",
    "only blanks": "   ",
    "line ends": "one\ntwo\r\nthree\rfour\u2028five\u0085\v\f",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "no weight": "zero\u200bwidth\u200d\ufeff\u00ad\u2060",
    "right to left": "שלום \u202eolleh\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪",
    "every plane": EVERY_PLANE,
    "quotes": "'; DROP TABLE posts; -- \" ` \\ \\' %s %(a)s :name ? ?? $1 {0} {{}}",
    "operators": '$where {"$gt": ""} a.b.c ../..',
    "markup": "<script>alert('&amp;')</script>]]>",
    "a number": "007",
    "null": "null",
}
DATES = [
    EARLIEST,
    EARLIEST + timedelta(milliseconds=1),
    datetime(1582, 10, 4, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(1752, 9, 7, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2001, 9, 9, 1, 46, 40, 1_000, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 59, 59, 999_000, tzinfo=UTC),
    datetime(2024, 10, 27, 2, 30, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(2262, 4, 11, 23, 47, 16, 855_000, tzinfo=UTC),
    LATEST,
]
"""Both ends of the calendar, and where some clocks end, change calendars or are set to another hour."""


async def test_the_smallest_post_is_read_as_written(store: Store) -> None:
    post = await publish(store, title="t", content="")
    assert await read_post(store, post.id) == post


async def test_the_largest_post_is_read_as_written(store: Store) -> None:
    tags = tuple(LAST_CHARACTER * (MAX_TAG - 2) + f"{number:02}" for number in range(MAX_TAGS))
    title, slug = GRINNING * MAX_TITLE, "\U00020000" * MAX_SLUG
    post = await publish(store, title=title, content=GRINNING * MAX_CONTENT, slug=slug, tags=tags)
    assert await read_post(store, post.id) == post
    assert await store.posts.find(slug, comments=0) == post
    assert list(await read_posts(store)) == [post]


async def test_a_post_becomes_the_largest_one_by_a_change(store: Store) -> None:
    post = await publish(store)
    content = LAST_CHARACTER * MAX_CONTENT
    await store.posts.save(post.id, PostChange(updated_at=LATER, content=content), match=None, comments=0)
    assert (await read_post(store, post.id)).content == content


async def test_the_largest_post_takes_comments_as_large_as_they_may_be(store: Store) -> None:
    post = await publish(store, content=GRINNING * MAX_CONTENT)
    content = LAST_CHARACTER * MAX_COMMENT
    thread = [await comment_on(store, post.id, content=content) for _ in range(30)]
    assert list(await read_thread(store, post.id)) == thread
    assert (await read_post(store, post.id)).comments == tuple(thread)


async def test_text_is_read_as_written(store: Store, subtests: pytest.Subtests) -> None:
    for what, text in TEXTS.items():
        with subtests.test(what):
            tags, name = (text[:MAX_TAG], "other"), text[:MAX_GUEST_NAME]
            post = await publish(store, title=text, content=text, slug=text, tags=tags)
            comment = await comment_on(store, post.id, content=text, guest_name=name)
            kept = await read_post(store, post.id)
            assert (kept.title, kept.content, kept.slug, kept.tags) == (text, text, text, tags)
            assert kept.comments == (comment,)
            assert (comment.content, comment.guest_name) == (text, name)
            assert await store.comments.get(post.id, comment.id) == comment
            assert await store.posts.find(text, comments=1) == kept


async def test_updated_text_is_read_as_written(store: Store, subtests: pytest.Subtests) -> None:
    for what, text in TEXTS.items():
        with subtests.test(what):
            post = await publish(store)
            comment = await comment_on(store, post.id)
            tags = (text[-MAX_TAG:],)
            change = PostChange(updated_at=LATER, title=text, content=text, slug=text, tags=tags)
            saved = await store.posts.save(post.id, change, match=None, comments=0)
            assert (saved.title, saved.content, saved.slug, saved.tags) == (text, text, text, tags)
            changed = CommentChange(updated_at=LATER, content=text)
            assert (await store.comments.save(post.id, comment.id, changed, match=None)).content == text
            kept = await read_post(store, post.id)
            assert (kept.title, kept.content, kept.slug, kept.tags) == (text, text, text, tags)
            assert [each.content for each in kept.comments] == [text]


async def test_every_character_of_utf8_except_nul_is_read_as_written(store: Store) -> None:
    characters = map(chr, itertools.chain(range(1, 0xD800), range(0xE000, 0x110000)))
    halves = "".join(itertools.islice(characters, 600_000)), "".join(characters)
    for half in halves:
        post = await publish(store, content=half)
        assert (await read_post(store, post.id)).content == half


@pytest.mark.parametrize(("one", "other"), SIMILAR_TEXTS)
async def test_slugs_are_compared_byte_by_byte(store: Store, one: str, other: str) -> None:
    first = await publish(store, slug=one)
    assert await store.posts.find(other, comments=0) is None
    second = await publish(store, slug=other)
    assert await store.posts.find(one, comments=0) == first
    assert await store.posts.find(other, comments=0) == second


async def test_tags_keep_their_order_and_may_contain_separators(store: Store) -> None:
    tags = ("b", "a", "B", "á", "a,b", 'a"b', "a b", "[]", "{}", "a\\", "null", "\n")
    post = await publish(store, tags=tags)
    assert (await read_post(store, post.id)).tags == tags


async def test_a_time_is_read_to_the_millisecond_in_utc(store: Store, subtests: pytest.Subtests) -> None:
    for moment in DATES:
        with subtests.test(moment=moment):
            post = await publish(store, publication_date=moment, updated_at=moment)
            comment = await comment_on(store, post.id, publication_date=moment, updated_at=moment)
            kept = await read_post(store, post.id)
            assert kept.comments == (comment,)
            for each in (kept, comment):
                assert each.publication_date == each.updated_at == moment
                assert each.publication_date.utcoffset() == each.updated_at.utcoffset() == timedelta(0)
            saved = await store.posts.save(post.id, PostChange(updated_at=LATER), match=None, comments=0)
            assert (saved.publication_date, saved.updated_at) == (moment, LATER)


async def test_every_millisecond_of_a_second_is_distinct(store: Store) -> None:
    post = await publish(store)
    moments = [LATER.replace(microsecond=millisecond * 1000) for millisecond in range(0, 1000, 37)]
    for moment in moments:
        await comment_on(store, post.id, publication_date=moment)
    assert [comment.publication_date for comment in await read_thread(store, post.id)] == moments


async def test_returned_values_are_immutable(store: Store) -> None:
    post = await publish(store, tags=("a",))
    comment = await comment_on(store, post.id)
    kept, kept_comment = await read_post(store, post.id), await store.comments.get(post.id, comment.id)
    for value, field in ((kept, "title"), (kept.comments[0], "content"), (kept_comment, "content")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, "other")
    assert (type(kept.tags), type(kept.comments)) == (tuple, tuple)
    assert {type(each) for each in (kept.id, kept_comment.id, kept_comment.post_id)} == {str}
