"""The history of a post: the states that it had before.

The post itself is the current state. A change of its text replaces that state if it continues a group of
edits; otherwise, the state is kept as a revision, and the change begins a new group.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.posts import PostChange, PostFormat, PostStatus
from everpost.domain.records import Record

MAX_REVISIONS = 200
"""Of a post, the current one included."""
GROUP = timedelta(minutes=10)
"""Edits by one user within this time, from the first of them, are a group."""
REVISION_ID_LENGTH = 32
TEXT = ("title", "content", "format", "summary", "tags", "cover", "author_id")
"""The fields that a revision keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRevision(Record):
    """A past state of a post."""

    post_id: Id
    number: int
    """From 1. Numbers of revisions that were removed are not used again."""
    title: str
    content: str
    format: PostFormat
    summary: str | None = None
    tags: tuple[str, ...] = ()
    cover: str | None = None
    is_published: bool = False
    """Whether the post had been published in this state."""
    author_id: Id | None = None
    """The author then, who may have been removed since."""
    edited_by_id: Id | None = None
    """As `Post.edited_by_id`."""
    saved_at: datetime
    """When the last edit of its group was made."""
    author: Author | None = field(default=None, compare=False)
    """The author with the current name; None if removed, and in records."""
    edited_by: Author | None = field(default=None, compare=False)
    """As `author`."""

    @property
    def id(self) -> Id:
        """Its key in a store."""
        return revision_id(self.post_id, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """The facts about the current state of a post that decide whether the next change replaces it."""

    status: PostStatus
    revision_number: int
    edited_by_id: Id | None
    edit_began_at: datetime | None

    def begins_revision(self, change: PostChange) -> bool:
        """Whether a change of the text does not continue the group of edits."""
        return (
            change.begins_revision
            or change.editor_id is None
            or change.editor_id != self.edited_by_id
            or self.edit_began_at is None
            or not self.edit_began_at <= change.updated_at < self.edit_began_at + GROUP
        )

    def after(self, change: PostChange, *, is_new_text: bool = True) -> "Editing":
        """These facts after a change, which must be one that `changes_history`. If `revision_number` differs,
        the current state must be kept as a revision. `is_new_text`: whether the change has a text that
        differs from the current one.
        """
        publishes = change.status is PostStatus.PUBLISHED and self.status is not PostStatus.PUBLISHED
        begins = is_new_text and self.begins_revision(change)
        began_at = change.updated_at if begins else self.edit_began_at
        return Editing(
            status=change.status or self.status,
            revision_number=self.revision_number + begins,
            edited_by_id=change.editor_id if is_new_text else self.edited_by_id,
            edit_began_at=None if publishes else began_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRevision:
    """The facts about a revision on which its removal depends."""

    number: int
    saved_at: datetime
    is_published: bool


def revision_id(post_id: Id, number: int) -> Id:
    """The key of a revision. Keys sort by post, then by number."""
    return Id(f"{post_id}{number:08x}")


def changes_history(change: PostChange) -> bool:
    """Whether the change concerns the history: it changes the text, or may publish the post."""
    return change.status is PostStatus.PUBLISHED or any(getattr(change, name) is not None for name in TEXT)


def is_new_text(change: PostChange, current: Callable[[str], object]) -> bool:
    """Whether the change has a text that differs from the current one. `current` returns the value of a field
    of the post, with the name that it has in the change.
    """
    given = ((name, getattr(change, name)) for name in TEXT)
    return any(value is not None and (value or None) != (current(name) or None) for name, value in given)


def superfluous(revisions: Sequence[KeptRevision], moment: datetime) -> Sequence[int]:
    """The numbers of revisions to remove so that, with the current state, `MAX_REVISIONS` are left.

    The revisions are in order. The first and the last one stay; of the others, drafts go before published
    states, and those first whose neighbours are closest in time, compared to their age: of old states, fewer
    are left.
    """
    left = list(revisions)
    removed: list[int] = []
    while len(left) >= MAX_REVISIONS:
        place = min(range(1, len(left) - 1), key=lambda each: _worth(left, each, moment))
        removed.append(left.pop(place).number)
    return removed


def _worth(revisions: Sequence[KeptRevision], place: int, moment: datetime) -> tuple[bool, float, int]:
    before, this, after = revisions[place - 1 : place + 2]
    gap = (after.saved_at - before.saved_at).total_seconds()
    age = max((moment - this.saved_at).total_seconds(), 1.0)
    return this.is_published, gap / age, this.number
