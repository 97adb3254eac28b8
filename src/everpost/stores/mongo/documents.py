"""Values as MongoDB's documents, and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict, cast

from bson import ObjectId

from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostFormat, PostStatus
from everpost.domain.revisions import Match, new_stamp
from everpost.domain.users import Author

_MAX_LONG = 2**63 - 1
"""BSON's largest integer: no document has a version above it."""


class CommentWords(TypedDict):
    """What is kept of a comment wherever it is. `mark` is another with every change of the comment, of
    what is counted there too: it tells this state of it from every other one that ever was.
    """

    mark: ObjectId
    stamp: int
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    depth: int
    status: str
    reply_count: int
    shown: bool
    """What `Comment.is_shown` says, for the indexes."""
    parent_id: NotRequired[ObjectId]
    author_id: NotRequired[ObjectId]
    guest_name: NotRequired[str]
    key_digest: NotRequired[str]
    editor_id: NotRequired[ObjectId]
    edited_at: NotRequired[datetime]


class CommentEntry(CommentWords):
    """A comment nested in its post."""

    id: ObjectId


class CopyName(TypedDict):
    """The `_id` of a settled comment, its fields in this order: one run settles one comment once."""

    thread: ObjectId
    run: int
    id: ObjectId


class SettledComment(CommentWords):
    """A comment in a document of its own. It is never changed: see `threads.visible`."""

    _id: CopyName
    post_id: ObjectId


class OpenRun(TypedDict):
    """A settling that began and did not commit; `void`: it never will."""

    run: int
    since: datetime
    void: NotRequired[bool]


class Extent(TypedDict):
    """How much is nested in a post: comments, their bytes, and copies that are gone."""

    comments: int
    bytes: int
    gone: int


class PostDocument(TypedDict):
    """A post and the part of its thread that has not settled. Read with a projection it has only the
    fields that the projection names.
    """

    _id: ObjectId
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    slug: str
    tags: list[str]
    format: str
    status: str
    author_id: NotRequired[ObjectId]
    comment_policy: NotRequired[str]
    comment_count: int
    comments: list[CommentEntry]
    thread: ObjectId
    """Another one where the id is used again after the post was removed."""
    runs: int
    """How many settlings began; also the number of the latest."""
    open: list[OpenRun]
    gone: list[CopyName]
    """Settled copies that count no more and are yet to be erased."""
    settled_from: NotRequired[datetime]
    """No settled comment is dated before this."""
    extent: NotRequired[Extent]
    answered: NotRequired[bool]
    stamp: int
    """Another one with every version: see `Revision`."""


class ThreadDocument(TypedDict):
    """The record of a thread that has further documents, or may have; it outlives the post."""

    _id: ObjectId
    post_id: ObjectId
    arriving_since: NotRequired[datetime]
    """Its comments are put there before the post; see `arriving`."""
    removed_at: NotRequired[datetime]


class TransferDocument(TypedDict):
    """The latest move of a whole blog into this database, the one document of its collection."""

    _id: str
    origin: str
    digest: NotRequired[str]


TRANSFER = "transfer"
"""The `_id` of the latest move."""


def post_document(post: Post) -> PostDocument:
    """A new post; its comments are yet to be put into it."""
    document: PostDocument = {
        "_id": ObjectId(post.id),
        "title": post.title,
        "content": post.content,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
        "version": post.version,
        "slug": post.slug,
        "tags": list(post.tags),
        "format": post.format.value,
        "status": post.status.value,
        "comment_count": post.comment_count,
        "comments": [],
        "thread": ObjectId(),
        "runs": 0,
        "open": [],
        "gone": [],
        "stamp": new_stamp(),
    }
    if post.author is not None:
        document["author_id"] = ObjectId(post.author.id)
    if post.comment_policy is not None:
        document["comment_policy"] = post.comment_policy.value
    return document


def read_post(document: PostDocument, comments: Sequence[Comment]) -> Post:
    """The post, its author's name yet to be looked up."""
    policy = document.get("comment_policy")
    return Post(
        id=Id(str(document["_id"])),
        title=document["title"],
        content=document["content"],
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
        version=document["version"],
        slug=document["slug"],
        tags=tuple(document["tags"]),
        format=PostFormat(document["format"]),
        status=PostStatus(document["status"]),
        author=_nameless(document.get("author_id")),
        comment_policy=None if policy is None else CommentPolicy(policy),
        comment_count=document["comment_count"],
        comments=tuple(comments),
        stamp=document["stamp"],
    )


def comment_entry(comment: Comment) -> CommentEntry:
    """The comment as it is now, under a mark that nothing has."""
    entry: CommentEntry = {
        "id": ObjectId(comment.id),
        "mark": ObjectId(),
        "stamp": comment.stamp or new_stamp(),
        "content": comment.content,
        "publication_date": comment.publication_date,
        "updated_at": comment.updated_at,
        "version": comment.version,
        "depth": comment.depth,
        "status": comment.status.value,
        "reply_count": comment.reply_count,
        "shown": comment.is_shown,
    }
    if comment.parent_id is not None:
        entry["parent_id"] = ObjectId(comment.parent_id)
    if comment.author is not None:
        entry["author_id"] = ObjectId(comment.author.id)
    if comment.guest_name is not None:
        entry["guest_name"] = comment.guest_name
    if comment.key_digest is not None:
        entry["key_digest"] = comment.key_digest
    if comment.editor_id is not None:
        entry["editor_id"] = ObjectId(comment.editor_id)
    if comment.edited_at is not None:
        entry["edited_at"] = comment.edited_at
    return entry


def settled_comment(entry: CommentEntry, post: PostDocument) -> SettledComment:
    """The copy that the post's latest run makes of a nested comment."""
    name: CopyName = {"thread": post["thread"], "run": post["runs"], "id": entry["id"]}
    words = {field: value for field, value in entry.items() if field != "id"}
    return cast("SettledComment", {"_id": name, "post_id": post["_id"], **words})


def read_comment(entry: CommentEntry, post_id: ObjectId) -> Comment:
    """The comment, its author's name yet to be looked up."""
    return _read_words(entry, entry["id"], post_id)


def read_settled(copy: SettledComment) -> Comment:
    """As for `read_comment`."""
    return _read_words(copy, copy["_id"]["id"], copy["post_id"])


def _read_words(words: CommentWords, id: ObjectId, post_id: ObjectId) -> Comment:
    parent_id, editor_id = words.get("parent_id"), words.get("editor_id")
    return Comment(
        id=Id(str(id)),
        post_id=Id(str(post_id)),
        content=words["content"],
        publication_date=words["publication_date"],
        updated_at=words["updated_at"],
        version=words["version"],
        parent_id=None if parent_id is None else Id(str(parent_id)),
        depth=words["depth"],
        status=CommentStatus(words["status"]),
        author=_nameless(words.get("author_id")),
        guest_name=words.get("guest_name"),
        key_digest=words.get("key_digest"),
        editor_id=None if editor_id is None else Id(str(editor_id)),
        edited_at=words.get("edited_at"),
        reply_count=words["reply_count"],
        stamp=words["stamp"],
    )


def _nameless(author_id: ObjectId | None) -> Author | None:
    return None if author_id is None else Author(id=Id(str(author_id)), name="")


def matching(match: Match) -> dict[str, object]:
    """A condition on a document's revision; it holds for none where the set is empty."""
    if match is None:
        return {}
    states = [{"version": each.version, "stamp": each.stamp} for each in match if each.version <= _MAX_LONG]
    return {"$or": states} if states else {"version": {"$in": []}}
