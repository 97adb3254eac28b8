"""Posts and comments for the tests, and short ways to put them into a store and to read them back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from everpost.domain.comments import Comment, CommentQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Position
from everpost.domain.posts import Post, PostQuery
from everpost.stores.port import Store

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123_000, tzinfo=UTC)
LATER = MOMENT + timedelta(milliseconds=1)
"""When the second version of something was made."""

SIMILAR_TEXTS = [
    ("abc", "ABC"),
    ("abc", "abc "),
    ("abc", " abc"),
    ("abc", "abc\t"),
    ("abc", "abc\u200b"),
    ("abc", "abc\x01"),
    ("abc", "ab\u00adc"),
    ("abc", "\uff41\uff42\uff43"),
    ("\u00e9", "e"),
    ("\u00e9", "e\u0301"),
    ("\u00e9", "\u00c9"),
    ("stra\u00dfe", "strasse"),
    ("i", "\u0131"),
    ("\u03c3", "\u03c2"),
    ("\u304b", "\u30ab"),
    ("\u304b", "\u304c"),
    ("1", "\u0661"),
    ("1", "01"),
    ("\U0001f600", "\U0001f601"),
    ("\U0001d41a", "a"),
]
"""Pairs that some collation takes for equal: case, accents, blanks, width, what has no weight at all."""


class PostFields(TypedDict, total=False):
    """What a test may want a post to say."""

    id: Id
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    slug: str | None
    tags: tuple[str, ...]


class CommentFields(TypedDict, total=False):
    """What a test may want a comment to say."""

    id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    parent_id: Id | None


def numbered(number: int) -> Id:
    """An id that sorts as the number does."""
    return Id(f"{number:024x}")


def a_post(**fields: Unpack[PostFields]) -> Post:
    plain = Post(id=new_id(), title="Title", content="Content", publication_date=MOMENT, updated_at=MOMENT)
    return replace(plain, **fields)


def a_comment(post_id: Id, **fields: Unpack[CommentFields]) -> Comment:
    plain = Comment(
        id=new_id(), post_id=post_id, content="Content", publication_date=MOMENT, updated_at=MOMENT
    )
    return replace(plain, **fields)


async def publish(store: Store, **fields: Unpack[PostFields]) -> Post:
    """A post that is in the store."""
    post = a_post(**fields)
    await store.posts.add(post)
    return post


async def comment_on(store: Store, post_id: Id, **fields: Unpack[CommentFields]) -> Comment:
    """A comment that is in the store."""
    comment = a_comment(post_id, **fields)
    await store.comments.add(comment)
    return comment


async def read_post(store: Store, id: Id) -> Post:
    """The post with as many of its comments inside as may be."""
    return await store.posts.get(id, comments=100)


async def read_posts(store: Store, *, limit: int = 100) -> Sequence[Post]:
    """Every post, page by page, without comments."""
    posts: list[Post] = []
    after: Position | None = None
    while True:
        page = await store.posts.page(PostQuery(limit=limit, after=after, comments=0))
        posts.extend(page.rows)
        if not page.has_more:
            return posts
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position


async def read_thread(store: Store, post_id: Id, *, limit: int = 100) -> Sequence[Comment]:
    """Every comment of a post, page by page."""
    comments: list[Comment] = []
    after: Position | None = None
    while True:
        page = await store.comments.page(CommentQuery(post_id=post_id, limit=limit, after=after))
        comments.extend(page.rows)
        if not page.has_more:
            return comments
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position


def spread(number: int, *, over: int = 1000) -> datetime:
    """A moment that has nothing to do with its number's neighbours; many numbers share one."""
    return MOMENT + timedelta(milliseconds=number * 7_919 % over)
