"""The records of a blog with every kind of content, and reading a store's records."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from everpost.domain.blog import (
    MAX_BLOG_TITLE,
    MAX_DESCRIPTION,
    MAX_LINK_LABEL,
    MAX_LINKS,
    Blog,
    NavigationLink,
)
from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import MAX_COMMENT, Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile
from everpost.domain.people.passkeys import MAX_CREDENTIAL_ID, MAX_PUBLIC_KEY, Passkey
from everpost.domain.people.tokens import Scope, Token, TokenKind
from everpost.domain.people.users import User
from everpost.domain.posts import (
    MAX_CONTENT,
    MAX_COVER,
    MAX_PATH,
    MAX_PATHS,
    MAX_PREVIEW_NONCE,
    MAX_SLUG,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Post,
    PostFormat,
    PostKind,
    PostStatus,
)
from everpost.domain.records import Batch, Record
from everpost.domain.trash.removed_comments import RemovedComment
from everpost.domain.writing.history import PostRevision
from everpost.domain.writing.working_copies import PostBase, PostText, WorkingCopy, max_typed
from everpost.stores.port import Store
from tests.contract.port.blog.files_and_revisions import MEDIA, REVISIONS
from tests.contract.port.blog.values import ANN, OTTO, PLANES, by
from tests.contract.port.examples import LATER, MOMENT, a_comment, a_post, numbered

TOKENS = (
    Token(
        id=numbered(0xD1),
        user_id=ANN.id,
        name="All there is",
        scopes=frozenset(Scope),
        digest="a" * 64,
        created_at=MOMENT,
        expires_at=LATEST,
        last_used_at=datetime(2024, 2, 29, tzinfo=UTC),
        kind=TokenKind.LOGIN,
    ),
    Token(
        id=numbered(0xD2),
        user_id=OTTO.id,
        name="Nothing",
        scopes=frozenset(),
        digest="0" * 64,
        created_at=EARLIEST,
        kind=TokenKind.FIRST,
        login_id=numbered(0xD0),
    ),
)
SETTINGS = Blog(
    comment_policy=CommentPolicy.MEMBERS,
    title=PLANES + "\U0001f600" * (MAX_BLOG_TITLE - len(PLANES)),
    description="\U0010ffff" * MAX_DESCRIPTION,
    language="zh-Hant-TW",
    time_zone="America/Argentina/ComodRivadavia",
    base_url="https://blog.example:8443/~ann",
    permalink="/\U00010330/{year}/{month}/{day}/{id}/{slug}",
    navigation=tuple(
        NavigationLink(f"{number:02}" + "\U0001f600" * (MAX_LINK_LABEL - 2), "/" + "\U0001f600" * 1_999)
        for number in range(MAX_LINKS)
    ),
    posts_per_page=100,
    updated_at=MOMENT,
    version=7,
    address_key=bytes(range(32)),
)


def posts_of_every_kind() -> list[Post]:
    """Drafts, scheduled posts, the longest texts, the first and last times; ordered by id."""
    kinds = [
        a_post(
            title="T",
            content=f"![](/media/{'a' * 64}/x.gif)",
            cover=f"/media/{'f' * 64}/x.jpg",
            tags=("b", "a"),
            paths=("/b", "/a"),
            author=by(ANN),
            comment_policy=CommentPolicy.CLOSED,
        ),
        a_post(status=PostStatus.DRAFT, publication_date=LATEST, updated_at=EARLIEST, author=by(OTTO)),
        a_post(
            title="\U0001f600" * MAX_TITLE,
            content="\U0010ffff" * MAX_CONTENT,
            slug="\U00010330" * MAX_SLUG,
            summary="\U0001f600" * MAX_SUMMARY,
            paths=tuple(f"/{number:02}/" + "\U0001f600" * (MAX_PATH - 4) for number in range(MAX_PATHS)),
            tags=tuple(f"{number:02}" + "\U0001f600" * (MAX_TAG - 2) for number in range(MAX_TAGS)),
        ),
        a_post(title=PLANES, content=PLANES, summary=PLANES, publication_date=EARLIEST, updated_at=LATEST),
    ]
    posts = [
        replace(post, id=numbered(number), slug=f"post-{number}") for number, post in enumerate(kinds, 1)
    ]
    posts[0] = replace(posts[0], format=PostFormat.HTML, version=2**31)
    posts[1] = replace(posts[1], kind=PostKind.PAGE, preview_nonce=MAX_PREVIEW_NONCE)
    posts[2] = replace(posts[2], slug=kinds[2].slug, cover="/" + "\U0001f600" * (MAX_COVER - 1))
    posts[3] = replace(
        posts[3],
        status=PostStatus.TRASHED,
        former_status=PostStatus.DRAFT,
        trashed_at=posts[3].updated_at,
        revision_number=7,
        edited_by_id=ANN.id,
        edit_began_at=posts[3].updated_at,
    )
    return posts


def thread_of_every_kind(post_id: Id, first: int) -> list[Comment]:
    """Every status, shown and hidden tombstones, replies, the longest words; in the order of a thread."""

    def comment(number: int, status: CommentStatus, parent: int | None = None, **more: object) -> Comment:
        plain = a_comment(post_id, id=numbered(first + number), status=status, guest_name="Gus")
        date = MOMENT + timedelta(milliseconds=number)
        parent_id = None if parent is None else numbered(first + parent)
        return replace(plain, publication_date=date, parent_id=parent_id, **more)  # type: ignore[arg-type]  # fields of all kinds

    approved, pending, spam, removed = (
        CommentStatus.APPROVED,
        CommentStatus.PENDING,
        CommentStatus.SPAM,
        CommentStatus.REMOVED,
    )

    def erased(comment: Comment) -> Comment:
        return replace(comment, content="", guest_name=None)

    return [
        comment(0, approved, author=by(ANN), guest_name=None, reply_count=2, version=3),
        erased(comment(1, removed, 0, depth=1, reply_count=1)),
        comment(2, approved, 1, depth=2, content=PLANES, key_digest="f" * 64),
        comment(3, pending, 0, depth=1, updated_at=LATEST),
        comment(4, spam, content="\U0010ffff" * MAX_COMMENT),
        comment(5, approved, 0, depth=1, editor_id=ANN.id, edited_at=LATEST),
        erased(comment(6, removed)),
        comment(7, pending, 6, depth=1),
    ]


def removed_from(post_id: Id, first: int) -> list[RemovedComment]:
    """Removed comments with all that they can have, and with as little as possible; by id."""
    return [
        RemovedComment(
            id=numbered(first),
            post_id=post_id,
            parent_id=numbered(first + 1),
            content="\U0010ffff" * MAX_COMMENT,
            publication_date=EARLIEST,
            updated_at=LATEST,
            version=2**40,
            status=CommentStatus.SPAM,
            author_id=numbered(0xEE),
            guest_name=PLANES,
            key_digest="f" * 64,
            editor_id=OTTO.id,
            edited_at=LATEST,
            removed_at=EARLIEST,
            removed_by_id=ANN.id,
        ),
        RemovedComment(
            id=numbered(first + 1),
            post_id=post_id,
            content=PLANES,
            publication_date=MOMENT,
            updated_at=MOMENT,
            version=1,
            status=CommentStatus.APPROVED,
            removed_at=LATEST,
        ),
    ]


LONGEST = PostText(**{name: "\U0010ffff" * max_typed(name) for name in PostText.NAMES})
WORKING_COPIES = (
    WorkingCopy(
        user_id=ANN.id,
        post_id=numbered(1),
        text=LONGEST,
        base=PostBase(etag='"2147483648-1-0123456789abcdef"', updated_at=LATEST, text=LONGEST),
        updated_at=LATEST,
        version=2**40,
    ),
    WorkingCopy(user_id=ANN.id, post_id=numbered(0xF1), text=PostText(title=PLANES), updated_at=MOMENT),
    WorkingCopy(
        user_id=OTTO.id,
        post_id=numbered(1),
        text=PostText(title="", content="a\r\nb\nc\r" + PLANES, tags=" a,,b ", slug="Half a sl"),
        base=PostBase(etag='"1-1-0123456789abcdef"', updated_at=EARLIEST, text=PostText()),
        updated_at=EARLIEST,
    ),
)


PASSKEYS = tuple(
    Passkey(
        id=numbered(0x700 + number),
        user_id=user.id,
        name=PLANES,
        credential_id="_" * MAX_CREDENTIAL_ID,
        public_key="-" * MAX_PUBLIC_KEY,
        created_at=LATEST,
    )
    for number, user in enumerate((OTTO, ANN))
)


def a_whole_blog() -> list[Record]:
    """The records of a blog with every kind of content, in order."""
    threads = {
        numbered(1): thread_of_every_kind(numbered(1), 100),
        numbered(4): thread_of_every_kind(numbered(4), 200),
    }
    records: list[Record] = [SETTINGS, ANN, OTTO, *TOKENS, *MEDIA]
    for post in posts_of_every_kind():
        thread = threads.get(post.id, [])
        approved = sum(comment.status is CommentStatus.APPROVED for comment in thread)
        removed = removed_from(post.id, 300) if post.id == numbered(4) else []
        past = [revision for revision in REVISIONS if revision.post_id == post.id]
        records += [replace(post, comment_count=approved), *thread, *removed, *past]
    return [*records, *WORKING_COPIES, *PASSKEYS]


COUNTS = {
    "settings": 1,
    "user": 2,
    "token": 2,
    "media": 3,
    "post": 4,
    "comment": 16,
    "removed_comment": 2,
    "revision": 2,
    "working_copy": 3,
    "passkey": 2,
}
"""The number of its records of each kind."""


def changed(record: Record) -> Record:
    """The record with a different value in every field that may change."""
    if isinstance(record, Post):
        return replace(
            record, title="Another", tags=("another tag",), slug=f"other-{record.id}", author=by(ANN)
        )
    if isinstance(record, Comment):
        return replace(record, content="Other words", updated_at=LATER, version=9, author=None)
    if isinstance(record, User):
        return replace(record, name="Another", email=f"{record.id}@b.example", version=9)
    if isinstance(record, Token):
        return replace(record, name="Another", expires_at=None, scopes=frozenset())
    return changed_rarely(record)


def changed_rarely(record: Record) -> Record:
    """As `changed`, for the kinds of which a blog has few."""
    if isinstance(record, PostRevision):
        return replace(record, title="Another", tags=("other",), summary=None, edited_by_id=ANN.id)
    if isinstance(record, WorkingCopy):
        return replace(record, text=PostText(slug="Other"), base=None, version=9)
    if isinstance(record, RemovedComment):
        return replace(record, content="Other words", author_id=ANN.id, removed_by_id=None, version=9)
    if isinstance(record, Passkey):
        return replace(record, name="Another", public_key="other", created_at=MOMENT)
    if isinstance(record, MediaFile):
        return replace(record, name="another.png", alt="Another", focus_x=None, focus_y=None, version=9)
    assert isinstance(record, Blog)
    return replace(record, version=9)


async def records_of(store: Store) -> list[Record]:
    """Every record of a store, in its order."""
    async with store.records.snapshot() as snapshot:
        return [record async for batch in snapshot.records() for record in batch]


async def fill(store: Store, records: Sequence[Record], *, at_once: int = 1_000) -> None:
    """Write the records in batches of this size."""
    for start in range(0, len(records), at_once):
        await store.records.write(Batch(kept=records[start : start + at_once]))
