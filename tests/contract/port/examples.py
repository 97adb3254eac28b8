"""Posts, comments and users for the tests, and functions that store and read them."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from everpost.domain.clock import LATEST
from everpost.domain.comments import Branch, Comment, CommentPolicy, CommentQuery, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page, Position
from everpost.domain.people.tokens import Token, TokenQuery
from everpost.domain.people.users import Author, Role, User
from everpost.domain.posts import (
    Audience,
    Post,
    PostFilter,
    PostFormat,
    PostKind,
    PostLocation,
    PostQuery,
    PostSort,
    PostStatus,
)
from everpost.domain.records import Batch
from everpost.stores.port import Store

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123_000, tzinfo=UTC)
LATER = MOMENT + timedelta(milliseconds=1)
"""When the second version of something was made."""

EVERYBODY = PostFilter(audience=Audience(moment=LATEST))
"""All posts that ever come out."""

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
    """The fields of a post that a test may set."""

    id: Id
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    slug: str
    tags: tuple[str, ...]
    format: PostFormat
    status: PostStatus
    kind: PostKind
    summary: str | None
    paths: tuple[str, ...]
    author: Author | None
    comment_policy: CommentPolicy | None
    preview_nonce: int | None
    cover: str | None
    trashed_at: datetime | None
    former_status: PostStatus | None
    revision_number: int
    edited_by_id: Id | None
    edit_began_at: datetime | None


class CommentFields(TypedDict, total=False):
    """The fields of a comment that a test may set."""

    id: Id
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    parent_id: Id | None
    depth: int
    status: CommentStatus
    author: Author | None
    guest_name: str | None
    key_digest: str | None
    editor_id: Id | None
    edited_at: datetime | None
    reply_count: int


class UserFields(TypedDict, total=False):
    """The fields of a user that a test may set."""

    id: Id
    name: str
    email: str
    role: Role
    created_at: datetime
    updated_at: datetime
    disabled_at: datetime | None
    password_hash: str | None


def numbered(number: int) -> Id:
    """An id that sorts like the number."""
    return Id(f"{number:024x}")


def spread(number: int, *, over: int = 1000) -> datetime:
    """A time that is unrelated to those of neighbouring numbers; many numbers share one."""
    return MOMENT + timedelta(milliseconds=number * 7_919 % over)


def a_post(**fields: Unpack[PostFields]) -> Post:
    """A post with a unique slug."""
    post_id = fields.get("id", new_id())
    plain = Post(
        id=post_id,
        title="Title",
        content="Content",
        publication_date=MOMENT,
        updated_at=MOMENT,
        slug=f"slug-{post_id}",
    )
    return replace(plain, **fields)


def a_comment(post_id: Id, **fields: Unpack[CommentFields]) -> Comment:
    plain = Comment(
        id=new_id(), post_id=post_id, content="Content", publication_date=MOMENT, updated_at=MOMENT
    )
    return replace(plain, **fields)


def a_user(**fields: Unpack[UserFields]) -> User:
    """A user with a unique email address."""
    user_id = fields.get("id", new_id())
    plain = User(
        id=user_id,
        name="Ada",
        email=f"ada-{user_id}@example.org",
        role=Role.AUTHOR,
        created_at=MOMENT,
        updated_at=MOMENT,
    )
    return replace(plain, **fields)


async def publish(store: Store, **fields: Unpack[PostFields]) -> Post:
    """Add a post to the store."""
    return await store.posts.add(a_post(**fields))


async def comment_on(store: Store, post_id: Id, **fields: Unpack[CommentFields]) -> Comment:
    """Add a comment to the store."""
    return await store.comments.add(a_comment(post_id, **fields))


async def publish_thread(store: Store, post: Post, comments: Sequence[Comment]) -> Post:
    """Write a post with its comments, as a move does: for tests that are not about adding comments, and much
    faster than adding them one after the other.
    """
    approved = sum(comment.status is CommentStatus.APPROVED for comment in comments)
    post = replace(post, version=1 + len(comments), comment_count=approved)
    in_order = sorted(comments, key=lambda comment: comment.position)
    await store.records.write(Batch(kept=[post, *in_order]))
    return post


async def register(store: Store, **fields: Unpack[UserFields]) -> User:
    """Add a user to the store."""
    return await store.users.add(a_user(**fields))


async def read_post(store: Store, id: Id) -> Post:
    """The post with the maximum number of comments."""
    return await store.posts.get(id, comments=100)


def locations(page: Page[Post]) -> Page[PostLocation]:
    """The locations of the posts of a page."""
    names = [field.name for field in fields(PostLocation)]
    rows = (PostLocation(**{name: getattr(post, name) for name in names}) for post in page.rows)
    return Page(tuple(rows), has_more=page.has_more)


async def read_posts(
    store: Store, filter: PostFilter = EVERYBODY, *, sort: PostSort = PostSort.NEWEST, limit: int = 100
) -> Sequence[Post]:
    """Every matching post, page by page, without comments."""
    posts: list[Post] = []
    after: Position | None = None
    while True:
        query = PostQuery(filter=filter, sort=sort, limit=limit, after=after, comments=0)
        page = await store.posts.page(query)
        posts.extend(page.rows)
        if not page.has_more:
            return posts
        assert page.rows[-1].position(sort) != after, "the walk does not move on"
        after = page.rows[-1].position(sort)


async def read_thread(
    store: Store, post_id: Id, *, branch: Branch | None = None, limit: int = 100
) -> Sequence[Comment]:
    """Every shown comment of a post, or of a branch, page by page."""
    comments: list[Comment] = []
    after: Position | None = None
    while True:
        query = CommentQuery(post_id=post_id, branch=branch, limit=limit, after=after)
        page = await store.comments.page(query)
        comments.extend(page.rows)
        if not page.has_more:
            return comments
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position


async def tokens_of(store: Store, user_id: Id, *, limit: int = 100) -> Sequence[Token]:
    """All tokens of a user, page by page."""
    tokens: list[Token] = []
    after: Position | None = None
    while True:
        page = await store.tokens.page(TokenQuery(user_id=user_id, limit=limit, after=after))
        tokens.extend(page.rows)
        if not page.has_more:
            return tokens
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position
