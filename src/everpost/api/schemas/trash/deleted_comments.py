"""Deleted comments as JSON."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import AuthorRead, GuestRead, read_author
from everpost.api.schemas.comments import Content
from everpost.api.schemas.text import ReadId, ReadTimestamp, format_timestamp
from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.trash.removed_comments import RemovedComment


@with_config(ConfigDict(extra="forbid"))
class DeletedCommentRead(TypedDict):
    """A comment as it was before it was deleted."""

    id: ReadId
    post_id: ReadId
    parent_id: Annotated[ReadId | None, Field(description="The comment that this one replies to.")]
    status: Annotated[CommentStatus, Field(description="The status that it gets back.")]
    author: Annotated[
        AuthorRead | GuestRead | None,
        Field(description="A user, with an `id`, or a guest; null if disabled or removed."),
    ]
    content: Content
    publication_date: ReadTimestamp
    updated_at: ReadTimestamp
    deleted_at: ReadTimestamp
    deleted_by: Annotated[
        AuthorRead | None, Field(description="The user who deleted it; null if disabled or removed.")
    ]


def read_deleted(comment: RemovedComment, users: Mapping[Id, Author]) -> DeletedCommentRead:
    """The deleted comment as JSON. `users`: those who wrote and deleted it, if they still exist."""
    author: AuthorRead | GuestRead | None = _user(comment.author_id, users)
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "status": comment.status,
        "author": author if comment.guest_name is None else {"name": comment.guest_name},
        "content": comment.content,
        "publication_date": format_timestamp(comment.publication_date),
        "updated_at": format_timestamp(comment.updated_at),
        "deleted_at": format_timestamp(comment.removed_at),
        "deleted_by": _user(comment.removed_by_id, users),
    }


def _user(user_id: Id | None, users: Mapping[Id, Author]) -> AuthorRead | None:
    return None if user_id is None else read_author(users.get(user_id))
