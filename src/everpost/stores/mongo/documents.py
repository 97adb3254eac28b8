"""Values as MongoDB's documents, and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.revisions import Match

_MAX_LONG = 2**63 - 1
"""BSON's largest integer: no document has a version above it."""


class CommentEntry(TypedDict):
    """A comment nested in its post. `mark` is another with every change of the comment: it tells this
    state of it from every other one that ever was.
    """

    id: ObjectId
    mark: ObjectId
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    parent_id: NotRequired[ObjectId]


class CopyName(TypedDict):
    """The `_id` of a settled comment, its fields in this order: one run settles one comment once."""

    thread: ObjectId
    run: int
    id: ObjectId


class SettledComment(TypedDict):
    """A comment in a document of its own. It is never changed: see `threads.visible`."""

    _id: CopyName
    post_id: ObjectId
    mark: ObjectId
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    parent_id: NotRequired[ObjectId]


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
    slug: NotRequired[str]
    tags: list[str]
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


class ThreadDocument(TypedDict):
    """The record of a thread that has further documents, or may have; it outlives the post."""

    _id: ObjectId
    post_id: ObjectId
    removed_at: NotRequired[datetime]


def post_document(post: Post) -> PostDocument:
    """A new post, without comments."""
    document: PostDocument = {
        "_id": ObjectId(post.id),
        "title": post.title,
        "content": post.content,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
        "version": post.version,
        "tags": list(post.tags),
        "comment_count": 0,
        "comments": [],
        "thread": ObjectId(),
        "runs": 0,
        "open": [],
        "gone": [],
    }
    if post.slug is not None:
        document["slug"] = post.slug
    return document


def read_post(document: PostDocument, comments: Sequence[Comment]) -> Post:
    return Post(
        id=Id(str(document["_id"])),
        title=document["title"],
        content=document["content"],
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
        version=document["version"],
        slug=document.get("slug"),
        tags=tuple(document["tags"]),
        comment_count=document["comment_count"],
        comments=tuple(comments),
    )


def comment_entry(comment: Comment) -> CommentEntry:
    entry: CommentEntry = {
        "id": ObjectId(comment.id),
        "mark": ObjectId(),
        "content": comment.content,
        "publication_date": comment.publication_date,
        "updated_at": comment.updated_at,
        "version": comment.version,
    }
    if comment.parent_id is not None:
        entry["parent_id"] = ObjectId(comment.parent_id)
    return entry


def settled_comment(entry: CommentEntry, post: PostDocument) -> SettledComment:
    """The copy that the post's latest run makes of a nested comment."""
    copy: SettledComment = {
        "_id": {"thread": post["thread"], "run": post["runs"], "id": entry["id"]},
        "post_id": post["_id"],
        "mark": entry["mark"],
        "content": entry["content"],
        "publication_date": entry["publication_date"],
        "updated_at": entry["updated_at"],
        "version": entry["version"],
    }
    if "parent_id" in entry:
        copy["parent_id"] = entry["parent_id"]
    return copy


def read_comment(entry: CommentEntry, post_id: ObjectId) -> Comment:
    parent_id = entry.get("parent_id")
    return Comment(
        id=Id(str(entry["id"])),
        post_id=Id(str(post_id)),
        content=entry["content"],
        publication_date=entry["publication_date"],
        updated_at=entry["updated_at"],
        version=entry["version"],
        parent_id=None if parent_id is None else Id(str(parent_id)),
    )


def read_settled(copy: SettledComment) -> Comment:
    parent_id = copy.get("parent_id")
    return Comment(
        id=Id(str(copy["_id"]["id"])),
        post_id=Id(str(copy["post_id"])),
        content=copy["content"],
        publication_date=copy["publication_date"],
        updated_at=copy["updated_at"],
        version=copy["version"],
        parent_id=None if parent_id is None else Id(str(parent_id)),
    )


def matching(match: Match) -> dict[str, object]:
    """A condition on a document's revision; it holds for none where the set is empty."""
    if match is None:
        return {}
    states = [
        {"version": each.version, "updated_at": each.updated_at}
        for each in match
        if each.version <= _MAX_LONG
    ]
    return {"$or": states} if states else {"version": {"$in": []}}
