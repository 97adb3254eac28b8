"""Comments as JSON."""

from collections.abc import Mapping
from typing import Annotated, NotRequired
from urllib.parse import urlencode

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.http.etags import revision_text
from everpost.api.schemas.authors import AuthorRead, GuestRead, Name, read_author
from everpost.api.schemas.problems import Problem
from everpost.api.schemas.text import (
    STORABLE_PATTERN,
    ReadId,
    ReadTimestamp,
    SentId,
    Storable,
    Timestamp,
    format_timestamp,
)
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
from everpost.domain.people.users import Author

Content = Annotated[
    str, Field(min_length=1, max_length=MAX_COMMENT, json_schema_extra=STORABLE_PATTERN), Storable
]
Trap = Annotated[
    str,
    Field(
        max_length=MAX_COMMENT,
        description="A spam trap: hide this field in your form. Comments that fill it in are marked as spam.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
Revision = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="The `revision` (or the ETag) of the comment as you read it.",
        json_schema_extra=STORABLE_PATTERN,
    ),
    Storable,
]
SentStatus = Annotated[CommentStatus, Field(strict=False)]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentCreate(TypedDict):
    """A new comment. Send your own `id` to make the request idempotent."""

    content: Content
    id: NotRequired[SentId]
    name: NotRequired[
        Annotated[Name, Field(description="The guest's name: required for guests, not allowed for users.")]
    ]
    publication_date: NotRequired[Annotated[Timestamp, Field(description="Moderators only. Default: now.")]]
    parent_id: NotRequired[
        Annotated[SentId | None, Field(description="The comment that this one replies to.")]
    ]
    website: NotRequired[Trap]


@with_config(ConfigDict(extra="forbid", strict=True))
class CommentUpdate(TypedDict, total=False):
    """The fields to change; omitted fields stay the same. Only moderators may change `status`."""

    content: Content
    status: SentStatus


@with_config(ConfigDict(extra="forbid"))
class CommentRead(TypedDict):
    """A comment, or a tombstone: the placeholder, without content, for a hidden comment with replies."""

    id: ReadId
    post_id: ReadId
    parent_id: Annotated[ReadId | None, Field(description="The comment that this one replies to.")]
    depth: Annotated[
        int, Field(ge=0, description="0 for a comment on the post itself, 1 for a reply to it, and so on.")
    ]
    status: CommentStatus
    author: Annotated[
        AuthorRead | GuestRead | None,
        Field(description="A user, with an `id`, or a guest; null if disabled, removed or a tombstone."),
    ]
    content: Annotated[Content | None, Field(description="null in a tombstone.")]
    publication_date: ReadTimestamp
    updated_at: ReadTimestamp
    reply_count: Annotated[int, Field(ge=0, description="The number of visible replies.")]
    revision: Annotated[
        str, Field(description="The current revision, to be sent with a moderation decision.")
    ]
    html: NotRequired[
        Annotated[
            str | None,
            Field(description="With `include=html`: the content as safe HTML; null in a tombstone."),
        ]
    ]
    edited_at: NotRequired[
        Annotated[
            ReadTimestamp,
            Field(description="When someone other than the writer last edited it; for moderators only."),
        ]
    ]
    edited_by: NotRequired[
        Annotated[AuthorRead | None, Field(description="The user who made that edit; null if removed since.")]
    ]


@with_config(ConfigDict(extra="forbid"))
class CommentCreated(CommentRead):
    """A new comment, and for guests the key to edit it."""

    edit_key: NotRequired[
        Annotated[
            str,
            Field(description="Guests only: send it as `X-Edit-Key` to edit the comment. Shown only once."),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class CommentNode(CommentRead):
    """A comment with its oldest replies."""

    replies: Annotated[
        "list[CommentNode]", Field(max_length=REPLIES_SHOWN, description="The oldest visible replies.")
    ]
    next_replies: Annotated[
        str | None, Field(description="The path of the next page of replies; null on the last page.")
    ]


@with_config(ConfigDict(extra="forbid", strict=True))
class DecisionCreate(TypedDict):
    """A moderation decision about one revision of a comment."""

    id: SentId
    status: SentStatus
    revision: Revision


Decisions = Annotated[list[DecisionCreate], Field(min_length=1, max_length=MAX_DECISIONS)]


@with_config(ConfigDict(extra="forbid"))
class DecisionRead(TypedDict):
    """The outcome of a decision: the updated comment, or the problem."""

    id: ReadId
    comment: CommentRead | None
    problem: Problem | None


def read_comment(comment: Comment, *, in_full: bool = False) -> CommentRead:
    """The comment as JSON; a tombstone, unless it is approved or `in_full` is set."""
    is_visible = in_full or comment.status is CommentStatus.APPROVED
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "depth": comment.depth,
        "status": comment.status if is_visible else CommentStatus.REMOVED,
        "author": _author(comment) if is_visible else None,
        "content": comment.content if is_visible and comment.content else None,
        "publication_date": format_timestamp(comment.publication_date),
        "updated_at": format_timestamp(comment.updated_at),
        "reply_count": comment.reply_count,
        "revision": revision_text(comment.revision),
    }


def read_for_moderators(comment: Comment, editors: Mapping[Id, Author]) -> CommentRead:
    """The comment in full, with the user who last edited it for its writer, even if disabled."""
    content = read_comment(comment, in_full=True)
    if comment.edited_at is not None:
        editor = None if comment.editor_id is None else editors.get(comment.editor_id)
        content["edited_at"] = format_timestamp(comment.edited_at)
        content["edited_by"] = None if editor is None else {"id": editor.id, "name": editor.name}
    return content


def read_node(node: Node, thread_path: str, choices: Mapping[str, str]) -> CommentNode:
    """The comment with its replies, as part of the thread at this path. `choices`: the parameters with which
    the client chose the representation.
    """
    return {
        **read_comment(node.comment),
        "replies": [read_node(reply, thread_path, choices) for reply in node.replies],
        "next_replies": _next_replies(node, thread_path, choices) if node.has_more else None,
    }


def _next_replies(node: Node, thread_path: str, choices: Mapping[str, str]) -> str:
    query = {"view": "tree", "parent": node.comment.id, **choices}
    if node.replies:
        query["after"] = encode_cursor(node.replies[-1].comment.position)
    return f"{thread_path}?{urlencode(query)}"


def _author(comment: Comment) -> AuthorRead | GuestRead | None:
    return read_author(comment.author) if comment.guest_name is None else {"name": comment.guest_name}
