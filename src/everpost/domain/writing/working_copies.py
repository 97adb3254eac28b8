"""Working copies: text that a user has typed into a post, but not saved yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import Author
from everpost.domain.posts import MAX_CONTENT, PostStatus
from everpost.domain.records import Record
from everpost.domain.revisions import Revision
from everpost.domain.writing.saved_copies import working_copy_id

MAX_TYPED = 20_000
"""The maximum number of characters in a field other than the content. Twenty old paths need about 10,000."""
MAX_ETAG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """The fields of a post as text, exactly as typed into a form: they may break any rule of posts, except
    for their maximum sizes. None: the form does not have the field.
    """

    NAMES: ClassVar[tuple[str, ...]]

    title: str | None = None
    content: str | None = None
    summary: str | None = None
    tags: str | None = None
    slug: str | None = None
    publication_date: str | None = None
    kind: str | None = None
    format: str | None = None
    comment_policy: str | None = None
    author_id: str | None = None
    paths: str | None = None
    cover: str | None = None

    def given(self) -> Mapping[str, str]:
        """The fields that the form has, by name."""
        values = ((name, getattr(self, name)) for name in self.NAMES)
        return {name: value for name, value in values if value is not None}


PostText.NAMES = tuple(each.name for each in fields(PostText))


def max_typed(name: str) -> int:
    """The maximum number of characters in this field."""
    return MAX_CONTENT if name == "content" else MAX_TYPED


@dataclass(frozen=True, slots=True, kw_only=True)
class PostBase:
    """The post from which a working copy was begun, as its writer saw it: the common base of a comparison
    with the post that someone else has saved since.
    """

    etag: str
    updated_at: datetime
    text: PostText


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy(Record):
    """Text that one user has typed into the post with this id, which need not exist yet. Nobody else ever
    sees it.
    """

    user_id: Id
    post_id: Id
    text: PostText
    base: PostBase | None = None
    """None for a new post."""
    updated_at: datetime
    version: int = 1
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def id(self) -> Id:
        """Its key in a store: no user has two working copies of one post."""
        return working_copy_id(self.user_id, self.post_id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopyChange:
    """The new content of a working copy."""

    user_id: Id
    post_id: Id
    text: PostText
    base: PostBase | None = None
    keeps_base: bool = False
    """Whether the base stays as it is, instead of becoming `base`."""
    updated_at: datetime

    @property
    def id(self) -> Id:
        return working_copy_id(self.user_id, self.post_id)

    def is_already_made(self, stored: WorkingCopy) -> bool:
        """Whether the stored working copy already is what this change would make it."""
        return stored.text == self.text and (self.keeps_base or stored.base == self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostState:
    """The facts about a post that its writer needs while writing."""

    author: Author | None
    """Without a name; None also if the author was removed."""
    status: PostStatus
    publication_date: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopyState:
    """A working copy without its content, and its post if that exists."""

    post_id: Id
    title: str | None
    base_updated_at: datetime | None
    updated_at: datetime
    revision: Revision
    post: PostState | None

    @property
    def position(self) -> Position:
        """Its position in the list of the user's working copies."""
        return Position(self.updated_at, self.post_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWorkingCopy:
    """A working copy, and its post if that exists."""

    copy: WorkingCopy
    post: PostState | None

    @property
    def state(self) -> WorkingCopyState:
        """This working copy without its content."""
        copy = self.copy
        return WorkingCopyState(
            post_id=copy.post_id,
            title=copy.text.title,
            base_updated_at=None if copy.base is None else copy.base.updated_at,
            updated_at=copy.updated_at,
            revision=copy.revision,
            post=self.post,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopyQuery:
    """A page of a user's working copies, latest first, after a position."""

    user_id: Id
    limit: int
    after: Position | None = None
