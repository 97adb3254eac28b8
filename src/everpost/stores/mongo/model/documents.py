"""Converts posts and comments to documents, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from bson import ObjectId

from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.posts import COMMENTS_INSIDE, Post, PostFormat, PostKind, PostLocation, PostStatus
from everpost.domain.revisions import ExpectedRevisions, new_stamp

_MAX_LONG = 2**63 - 1
"""BSON's largest integer, and so the largest version."""

LIVING: Mapping[str, object] = {"removed_at": {"$exists": False}}
"""The condition that a post or a user was not removed."""


_POST_FIELDS = dict.fromkeys(
    (
        *("title", "content", "publication_date", "updated_at", "version", "slug", "tags"),
        *("format", "status", "kind", "summary", "paths", "author_id", "comment_policy"),
        *("comment_count", "stamp", "cover", "trashed_at", "former_status"),
        *("revision_number", "edited_by_id", "edit_began_at"),
    ),
    1,
)


class CommentDocument(TypedDict):
    """A comment, in `comments` and possibly, as a copy, in the preview of its post."""

    _id: ObjectId
    post_id: ObjectId
    stamp: int
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    depth: int
    status: str
    reply_count: int
    shown: bool
    """The value of `Comment.is_shown`, for the indexes."""
    parent_id: NotRequired[ObjectId]
    author_id: NotRequired[ObjectId]
    guest_name: NotRequired[str]
    key_digest: NotRequired[str]
    editor_id: NotRequired[ObjectId]
    edited_at: NotRequired[datetime]


class PostDocument(TypedDict):
    """A post. If it was read with a projection, it has only those fields. Of a removed post, only `_id` and
    `removed_at` remain, until the garbage collector has deleted its comments.
    """

    _id: ObjectId
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    stamp: int
    slug: str
    tags: list[str]
    format: str
    status: str
    kind: str
    summary: NotRequired[str]
    paths: NotRequired[list[str]]
    """Omitted rather than empty: a unique index would treat two empty lists as duplicates."""
    author_id: NotRequired[ObjectId]
    comment_policy: NotRequired[str]
    preview_nonce: NotRequired[int]
    cover: NotRequired[str]
    media: NotRequired[list[ObjectId]]
    """The files that it uses. Omitted rather than empty, so that a sparse index lists only these posts."""
    trashed_at: NotRequired[datetime]
    former_status: NotRequired[str]
    revision_number: int
    edited_by_id: NotRequired[ObjectId]
    edit_began_at: NotRequired[datetime]
    comment_count: int
    comments: list[CommentDocument]
    """The preview: the oldest `COMMENTS_INSIDE` of the shown comments, in order; all of them if there are
    fewer.
    """
    removed_at: NotRequired[datetime]


class TransferDocument(TypedDict):
    """The latest move of a whole blog into this database, the only document of its collection."""

    _id: str
    origin: str
    digest: NotRequired[str]


TRANSFER = "transfer"
"""The `_id` of the latest move."""


def post_document(post: Post) -> PostDocument:
    """The document of a new post, with an empty preview."""
    document: PostDocument = {
        "_id": ObjectId(post.id),
        "title": post.title,
        "content": post.content,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
        "version": post.version,
        "stamp": new_stamp(),
        "slug": post.slug,
        "tags": list(post.tags),
        "format": post.format.value,
        "status": post.status.value,
        "kind": post.kind.value,
        "revision_number": post.revision_number,
        "comment_count": post.comment_count,
        "comments": [],
    }
    optional = {
        "summary": post.summary,
        "paths": list(post.paths) or None,
        "author_id": None if post.author is None else ObjectId(post.author.id),
        "comment_policy": None if post.comment_policy is None else post.comment_policy.value,
        "preview_nonce": post.preview_nonce,
        "cover": post.cover,
        "trashed_at": post.trashed_at,
        "former_status": None if post.former_status is None else post.former_status.value,
        "edited_by_id": None if post.edited_by_id is None else ObjectId(post.edited_by_id),
        "edit_began_at": post.edit_began_at,
    }
    given = {name: value for name, value in optional.items() if value is not None}
    return cast("PostDocument", document | given)


def read_post(document: PostDocument) -> Post:
    """The post with those comments of its preview that were read. The names of authors are empty."""
    policy, former = document.get("comment_policy"), document.get("former_status")
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
        kind=PostKind(document["kind"]),
        summary=document.get("summary"),
        paths=tuple(document.get("paths", ())),
        author=_nameless(document.get("author_id")),
        comment_policy=None if policy is None else CommentPolicy(policy),
        comment_count=document["comment_count"],
        comments=tuple(map(read_comment, document.get("comments", ()))),
        cover=document.get("cover"),
        trashed_at=document.get("trashed_at"),
        former_status=None if former is None else PostStatus(former),
        stamp=document["stamp"],
    )


def read_post_record(document: PostDocument) -> Post:
    """The post with the fields that only records have."""
    edited_by_id = document.get("edited_by_id")
    return replace(
        read_post(document),
        preview_nonce=document.get("preview_nonce"),
        revision_number=document["revision_number"],
        edited_by_id=None if edited_by_id is None else Id(str(edited_by_id)),
        edit_began_at=document.get("edit_began_at"),
    )


LOCATION: dict[str, Any] = {"title": 1, "slug": 1, "kind": 1, "publication_date": 1, "updated_at": 1}
"""The projection for the location of a post."""


def read_location(document: PostDocument) -> PostLocation:
    return PostLocation(
        id=Id(str(document["_id"])),
        title=document["title"],
        slug=document["slug"],
        kind=PostKind(document["kind"]),
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
    )


def comment_document(comment: Comment) -> CommentDocument:
    document: CommentDocument = {
        "_id": ObjectId(comment.id),
        "post_id": ObjectId(comment.post_id),
        "stamp": new_stamp(),
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
        document["parent_id"] = ObjectId(comment.parent_id)
    if comment.author is not None:
        document["author_id"] = ObjectId(comment.author.id)
    if comment.guest_name is not None:
        document["guest_name"] = comment.guest_name
    if comment.key_digest is not None:
        document["key_digest"] = comment.key_digest
    if comment.editor_id is not None:
        document["editor_id"] = ObjectId(comment.editor_id)
    if comment.edited_at is not None:
        document["edited_at"] = comment.edited_at
    return document


def read_comment(document: CommentDocument) -> Comment:
    """The comment. The name of its author is empty."""
    parent_id, editor_id = document.get("parent_id"), document.get("editor_id")
    return Comment(
        id=Id(str(document["_id"])),
        post_id=Id(str(document["post_id"])),
        content=document["content"],
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
        version=document["version"],
        parent_id=None if parent_id is None else Id(str(parent_id)),
        depth=document["depth"],
        status=CommentStatus(document["status"]),
        author=_nameless(document.get("author_id")),
        guest_name=document.get("guest_name"),
        key_digest=document.get("key_digest"),
        editor_id=None if editor_id is None else Id(str(editor_id)),
        edited_at=document.get("edited_at"),
        reply_count=document["reply_count"],
        stamp=document["stamp"],
    )


def preview_of(comments: Iterable[CommentDocument]) -> list[CommentDocument]:
    """The preview for a post with these comments."""
    shown = [comment for comment in comments if comment["shown"]]
    return sorted(shown, key=lambda each: (each["publication_date"], each["_id"]))[:COMMENTS_INSIDE]


def _nameless(author_id: ObjectId | None) -> Author | None:
    return None if author_id is None else Author(id=Id(str(author_id)), name="")


def matching(match: ExpectedRevisions) -> dict[str, object]:
    """The condition that a document has one of these revisions. An empty set matches no document."""
    if match is None:
        return {}
    states = [{"version": each.version, "stamp": each.stamp} for each in match if each.version <= _MAX_LONG]
    return {"$or": states} if states else {"version": {"$in": []}}


def place_condition(in_trash: bool | None, before: datetime | None = None) -> dict[str, Any]:
    """The condition that a post is in the trash, since before this time if one is given, or that it is not.
    None: any.
    """
    trashed = PostStatus.TRASHED.value
    where = {} if in_trash is None else {"status": trashed if in_trash else {"$ne": trashed}}
    return where | ({} if before is None else {"trashed_at": {"$lt": before}})


def post_projection(comments: int) -> dict[str, Any]:
    """The projection for a post with this many comments of its preview."""
    return _POST_FIELDS | ({"comments": {"$slice": ["$comments", comments]}} if comments else {})
