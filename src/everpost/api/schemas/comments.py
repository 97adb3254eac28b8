"""Comments as JSON."""

from collections.abc import Mapping
from typing import Annotated, NotRequired
from urllib.parse import urlencode

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.etags import revision_text
from everpost.api.schemas.people import AuthorRead, GuestRead, Name, read_author
from everpost.api.schemas.problems import Problem
from everpost.api.schemas.text import STORABLE_PATTERN, Moment, ReadId, ReadMoment, SentId, Storable, written
from everpost.domain.comments import (
    MAX_COMMENT,
    MAX_DECISIONS,
    REPLIES_SHOWN,
    Comment,
    CommentStatus,
    Node,
)
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.domain.users import Author

Content = Annotated[
    str, Field(min_length=1, max_length=MAX_COMMENT, json_schema_extra=STORABLE_PATTERN), Storable
]
Trap = Annotated[
    str,
    Field(
        max_length=MAX_COMMENT,
        description="Leave it out, or empty: a form hides it from people, and what fills it in is spam.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
Revision = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="The `revision` (or `ETag`) of the comment when you read it.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
SentStatus = Annotated[CommentStatus, Field(strict=False)]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentCreate(TypedDict):
    """A new comment. Who sends an `id` can repeat the request when the answer got lost."""

    content: Content
    id: NotRequired[SentId]
    name: NotRequired[Annotated[Name, Field(description="Who a guest is; a user comments under their own.")]]
    publication_date: NotRequired[Annotated[Moment, Field(description="For who moderates the post.")]]
    parent_id: NotRequired[Annotated[SentId | None, Field(description="The comment that this one answers.")]]
    website: NotRequired[Trap]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentUpdate(TypedDict, total=False):
    """What is to change; what is left out stays. A status is for who moderates the post."""

    content: Content
    status: SentStatus


@with_config(ConfigDict(extra="forbid"))
class CommentRead(TypedDict):
    """A comment; or the tombstone of one that is not shown but answered: without its words and author."""

    id: ReadId
    post_id: ReadId
    parent_id: Annotated[ReadId | None, Field(description="The comment that this one answers.")]
    depth: Annotated[int, Field(ge=0, description="How many comments there are above it.")]
    status: CommentStatus
    author: AuthorRead | GuestRead | None
    content: Content | None
    publication_date: ReadMoment
    updated_at: ReadMoment
    reply_count: Annotated[int, Field(ge=0, description="How many shown comments answer it.")]
    revision: Annotated[str, Field(description="The current revision: send it with a moderation decision.")]
    edited_at: NotRequired[
        Annotated[
            ReadMoment,
            Field(description="When someone other than the writer last edited the comment; moderators only."),
        ]
    ]
    edited_by: NotRequired[
        Annotated[AuthorRead | None, Field(description="The user who made that edit; null if since removed.")]
    ]


@with_config(ConfigDict(extra="forbid"))
class CommentMade(CommentRead):
    """A comment that was just made."""

    edit_key: NotRequired[
        Annotated[
            str, Field(description="With it in `X-Edit-Key` a guest edits the comment. Told only once.")
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class CommentNode(CommentRead):
    """A comment in a tree, and the first of its replies."""

    replies: Annotated[
        "list[CommentNode]", Field(max_length=REPLIES_SHOWN, description="The oldest shown replies.")
    ]
    next_replies: Annotated[
        str | None, Field(description="The path at which its other replies are; null where there are none.")
    ]


@with_config(ConfigDict(extra="forbid", strict=True))
class DecisionCreate(TypedDict):
    """What is decided about a comment, as it was read."""

    id: SentId
    status: SentStatus
    revision: Revision


Decisions = Annotated[list[DecisionCreate], Field(min_length=1, max_length=MAX_DECISIONS)]


@with_config(ConfigDict(extra="forbid"))
class DecisionRead(TypedDict):
    """What became of a decision: the comment as it is now, or why nothing changed."""

    id: ReadId
    comment: CommentRead | None
    problem: Problem | None


def read_comment(comment: Comment, *, in_full: bool = False) -> CommentRead:
    """The comment as it is read; one that is not approved only `in_full` as more than a tombstone."""
    is_told = in_full or comment.status is CommentStatus.APPROVED
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "depth": comment.depth,
        "status": comment.status if is_told else CommentStatus.REMOVED,
        "author": _author(comment) if is_told else None,
        "content": comment.content if is_told and comment.content else None,
        "publication_date": written(comment.publication_date),
        "updated_at": written(comment.updated_at),
        "reply_count": comment.reply_count,
        "revision": revision_text(comment.revision),
    }


def read_for_moderators(comment: Comment, editors: Mapping[Id, Author]) -> CommentRead:
    """The comment in full, with who changed the words of somebody else, disabled or not."""
    content = read_comment(comment, in_full=True)
    if comment.edited_at is not None:
        editor = None if comment.editor_id is None else editors.get(comment.editor_id)
        content["edited_at"] = written(comment.edited_at)
        content["edited_by"] = None if editor is None else {"id": editor.id, "name": editor.name}
    return content


def read_node(node: Node, thread_path: str) -> CommentNode:
    """The comment as a tree shows it, of the thread at this path."""
    return {
        **read_comment(node.comment),
        "replies": [read_node(reply, thread_path) for reply in node.replies],
        "next_replies": _next_replies(node, thread_path) if node.has_more else None,
    }


def _next_replies(node: Node, thread_path: str) -> str:
    query = {"view": "tree", "parent": node.comment.id}
    if node.replies:
        query["after"] = encode_cursor(node.replies[-1].comment.position)
    return f"{thread_path}?{urlencode(query)}"


def _author(comment: Comment) -> AuthorRead | GuestRead | None:
    return read_author(comment.author) if comment.guest_name is None else {"name": comment.guest_name}
