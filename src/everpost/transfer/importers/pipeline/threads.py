"""Converting the comments on one post of another system into a thread."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from everpost.domain.comments import MAX_GUEST_NAME, Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.transfer.importers.model import SourceComment
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.stable_ids import SourceSite

Drop = Callable[[SourceComment, str], None]
"""Called with each comment that is dropped, and the reason."""
ORPHANED = "the comment it replied to is missing, so it is now a comment on the post"


class _Place(TypedDict):
    """The place of a comment in a thread."""

    id: Id
    post_id: Id
    publication_date: datetime
    parent_id: Id | None
    depth: int
    reply_count: int


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """A comment as it will be stored, with its id in the source and how it was changed."""

    comment: Comment
    source_id: str
    changes: Normalizer


class ImportedThread:
    """The comments of a thread that are kept, in an order in which each follows its parent; otherwise by
    date.
    """

    def __init__(self, comments: Sequence[ImportedComment]) -> None:
        self._comments = sorted(comments, key=lambda each: (each.comment.depth, each.comment.position))

    def __iter__(self) -> Iterator[ImportedComment]:
        return iter(self._comments)

    @property
    def comments(self) -> Sequence[Comment]:
        return [each.comment for each in self]

    @property
    def approved(self) -> int:
        """The number of approved comments."""
        return sum(each.comment.status is CommentStatus.APPROVED for each in self)

    @property
    def answered(self) -> frozenset[Id]:
        """The ids of the comments that have replies, whether these are shown or not."""
        return frozenset(each.parent_id for each in self.comments if each.parent_id is not None)


@dataclass(frozen=True, slots=True)
class ThreadBuilder:
    """Builds the threads of one source."""

    origin: SourceSite
    authors: Mapping[str, Author]
    """By their id in the source."""

    def build(self, post_id: Id, comments: Sequence[SourceComment], drop: Drop) -> ImportedThread:
        """The thread of a post, with depths and counts. The comments must have different ids. An empty
        comment is dropped, unless it has replies: then it becomes a tombstone.
        """
        changes = {comment.source_id: Normalizer(comment.changes) for comment in comments}
        sources = {comment.source_id: comment for comment in comments}
        parents = _parents(sources, changes)
        kept = _without_empty(sources, parents, drop)
        dates = {name: changes[name].date(each.publication_date) for name, each in kept.items()}
        ids = {name: self.origin.stable_id("comment", name, date) for name, date in dates.items()}
        depths = _depths(kept, parents)
        replies: Counter[str | None] = Counter()
        """The number of shown replies to each comment. The deepest comments come first."""
        imported: list[ImportedComment] = []
        for name in sorted(depths, key=depths.__getitem__, reverse=True):
            parent = parents[name]
            place: _Place = {
                "id": ids[name],
                "post_id": post_id,
                "publication_date": dates[name],
                "parent_id": None if parent is None else ids[parent],
                "depth": depths[name],
                "reply_count": replies[name],
            }
            comment = self._comment(kept[name], changes[name], place)
            replies[parent] += comment.is_shown
            imported.append(ImportedComment(comment, name, changes[name]))
        return ImportedThread(imported)

    def _comment(self, source: SourceComment, changes: Normalizer, place: _Place) -> Comment:
        """The comment at its place in the thread."""
        author = self.authors.get(source.author_id or "")
        comment = Comment(
            **place,
            content=changes.comment(source.content),
            updated_at=place["publication_date"]
            if source.updated_at is None
            else changes.date(source.updated_at),
            status=source.status,
            author=author,
            guest_name=None if author else _guest_name(source.name, changes),
        )
        if not _is_empty(source):
            return comment
        if source.status is not CommentStatus.REMOVED:
            changes.add("it is empty: a tombstone keeps its replies in place")
        return replace(comment, content="", status=CommentStatus.REMOVED, author=None, guest_name=None)


def _guest_name(name: str | None, changes: Normalizer) -> str | None:
    return changes.name(name or "", MAX_GUEST_NAME) or None


def _is_empty(comment: SourceComment) -> bool:
    if comment.content[:1].isalnum():  # fast path
        return False
    return not Normalizer().remove_unstorable(comment.content, "").strip()


def _without_empty(
    comments: Mapping[str, SourceComment], parents: Mapping[str, str | None], drop: Drop
) -> Mapping[str, SourceComment]:
    """The comments that have content, or have such a comment below them."""
    kept = dict(comments)
    replies = Counter(parents.values())
    droppable = [name for name, comment in comments.items() if _is_empty(comment) and not replies[name]]
    while droppable:
        name = droppable.pop()
        drop(kept.pop(name), "it is empty")
        parent = parents[name]
        replies[parent] -= 1
        if parent is not None and _is_empty(comments[parent]) and not replies[parent]:
            droppable.append(parent)
    return kept


def _parents(
    comments: Mapping[str, SourceComment], changes: Mapping[str, Normalizer]
) -> dict[str, str | None]:
    """The parent of each comment; None for a comment on the post. Loops of replies are broken."""
    parents: dict[str, str | None] = {}
    for name, comment in comments.items():
        parents[name] = comment.parent_id if comment.parent_id in comments else None
        if comment.parent_id is not None and parents[name] is None:
            changes[name].add(ORPHANED)
    checked: set[str | None] = {None}
    for name in comments:
        path: dict[str, None] = {}
        above: str | None = name
        while above is not None and above not in checked and above not in path:
            path[above] = None
            above = parents[above]
        if above is not None and above in path:
            parents[above] = None
            changes[above].add("its chain of replies was a loop, so it is now a comment on the post")
        checked.update(path)
    return parents


def _depths(names: Iterable[str], parents: Mapping[str, str | None]) -> Mapping[str, int]:
    depths: dict[str | None, int] = {None: -1}
    for name in names:
        path: list[str] = []
        above: str | None = name
        while above is not None and above not in depths:
            path.append(above)
            above = parents[above]
        for each in reversed(path):
            depths[each] = depths[parents[each]] + 1
    return {name: depths[name] for name in names}
