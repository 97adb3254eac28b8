"""The comments in the exports of Commento and Comentario."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.formats.dates import parse_datetime
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.formats.json_files import Row
from everpost.transfer.importers.model import SourceComment
from everpost.transfer.importers.reports.omissions import ADDRESSES, VOTES, Omissions

_STATES = {
    "approved": CommentStatus.APPROVED,
    "unapproved": CommentStatus.PENDING,
    "flagged": CommentStatus.SPAM,
}
_DELETED = "[deleted]"
_ANONYMOUS = "anonymous"
_ROOT = "root"
_READ_V1 = frozenset(
    {
        *("commentHex", "domain", "host", "url", "path", "commenterHex", "markdown", "html", "parentHex"),
        *("score", "state", "creationDate", "deleted"),
    }
)
_READ_V3 = frozenset(
    {
        *("id", "parentId", "pageId", "markdown", "html", "score", "isApproved", "isPending", "isDeleted"),
        *("createdTime", "editedTime", "userCreated", "authorName", "authorIP"),
    }
)
_NOTHING: tuple[object, ...] = (None, "", 0, False, [], {})
_LONGEST_DATE = 100
_YEAR_OF_NO_DATE = 1
"""Go writes an unset date as 0001-01-01."""


@dataclass(frozen=True, slots=True)
class CommentedPage:
    """A page with comments."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment and its page, or the reason to drop it."""

    item: SourceComment | str
    page: CommentedPage
    shown: str
    """A name that identifies the comment to a reader of the report."""
    unknown: tuple[str, ...]
    """The names of its unknown fields."""


Authors = Mapping[str, str]
"""The names of commenters by id. Commenters are imported as guests."""
Read = Callable[[Row, Authors, Mapping[str, CommentedPage], Omissions], FoundComment]


def read_v1(
    row: Row, authors: Authors, _pages: Mapping[str, CommentedPage], omissions: Omissions
) -> FoundComment:
    """A comment of version 1, which contains the address of its page."""
    changes: list[str] = []
    status = _STATES.get(text(row, "state"))
    if status is None:
        changes.append(f"it awaits approval: its state was {text(row, 'state')[:40]!r}")
    is_deleted = row.get("deleted") is True or text(row, "markdown") == _DELETED
    if is_deleted:
        status, changes = CommentStatus.REMOVED, []
    parent = text(row, "parentHex")
    path = text(row, "path") or text(row, "url")
    return _found(
        row,
        omissions,
        source_id=text(row, "commentHex"),
        page=CommentedPage(_url(text(row, "domain") or text(row, "host"), path)),
        date="creationDate",
        status=status or CommentStatus.PENDING,
        parent_id=None if parent == _ROOT else parent or None,
        name=_name(text(row, "commenterHex"), authors, "", changes),
        is_deleted=is_deleted,
        changes=changes,
        unknown=unknown_fields(row, _READ_V1),
    )


def read_v3(
    row: Row, authors: Authors, pages: Mapping[str, CommentedPage], omissions: Omissions
) -> FoundComment:
    """A comment of version 3. A comment that is neither approved nor pending was rejected."""
    changes: list[str] = []
    status, is_deleted = CommentStatus.REMOVED, row.get("isDeleted") is True
    if not is_deleted:
        if row.get("isPending") is True:
            status = CommentStatus.PENDING
        elif row.get("isApproved") is True:
            status = CommentStatus.APPROVED
        else:
            changes.append("it is removed: it was rejected")
    omissions.count(ADDRESSES, bool(text(row, "authorIP")))
    return _found(
        row,
        omissions,
        source_id=text(row, "id"),
        page=pages.get(text(row, "pageId"), CommentedPage("")),
        date="createdTime",
        status=status,
        parent_id=text(row, "parentId") or None,
        name=_name(text(row, "userCreated"), authors, text(row, "authorName"), changes),
        is_deleted=is_deleted,
        changes=changes,
        unknown=unknown_fields(row, _READ_V3),
    )


def _found(  # noqa: PLR0913 - these are the fields that differ between versions
    row: Row,
    omissions: Omissions,
    *,
    source_id: str,
    page: CommentedPage,
    date: str,
    status: CommentStatus,
    parent_id: str | None,
    name: str | None,
    is_deleted: bool,
    changes: list[str],
    unknown: tuple[str, ...],
) -> FoundComment:
    shown = f"{source_id[:100]} by {(name or 'nobody')[:80]!r}"
    published = _date(row, date)
    if not source_id:
        return FoundComment("it has no id", page, shown, unknown)
    if not page.url:
        return FoundComment("its page is not in the file", page, shown, unknown)
    if published is None:
        reason = f"its date cannot be read: {text(row, date)[:40]!r}"
        return FoundComment(reason, page, shown, unknown)
    score = row.get("score")
    omissions.count(VOTES, abs(score) if isinstance(score, int) else 0)
    comment = SourceComment(
        source_id=source_id,
        content="" if is_deleted else _content(row, changes),
        publication_date=published,
        status=status,
        parent_id=parent_id,
        name=None if is_deleted else name,
        updated_at=_date(row, "editedTime"),
        changes=tuple(changes),
    )
    return FoundComment(comment, page, shown, unknown)


def _content(row: Row, changes: list[str]) -> str:
    """The Markdown. The HTML, which is generated from it, is read only if there is no Markdown."""
    if markdown := text(row, "markdown"):
        return markdown
    content, change = text_of_html(text(row, "html"))
    if change:
        changes.append(change)
    return content


def _name(author_id: str, authors: Authors, fallback: str, changes: list[str]) -> str | None:
    """The name of the author; None for an anonymous one."""
    if not author_id or author_id == _ANONYMOUS or not author_id.strip("0-"):
        return fallback or None
    if author_id not in authors:
        changes.append("its author is not in the file")
    return authors.get(author_id) or fallback or None


def _url(domain: str, path: str) -> str:
    """The URL of a page; only its path if the domain is unknown."""
    if "://" in path:
        return path
    if not (domain or path):
        return ""
    path = "/" + path.lstrip("/")
    return f"https://{domain}{path}" if domain else path


def _date(row: Row, name: str) -> datetime | None:
    date = parse_datetime(text(row, name)[:_LONGEST_DATE])
    if date is None or date.year == _YEAR_OF_NO_DATE:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def text(row: Row, name: str) -> str:
    """The text in a field; empty if it is not text."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def unknown_fields(row: Row, read: frozenset[str]) -> tuple[str, ...]:
    """The names of the fields with values that are not in `read`."""
    return tuple(_unknown(row, read))


def _unknown(row: Row, read: frozenset[str]) -> Iterator[str]:
    for name, value in row.items():
        if name not in read and value not in _NOTHING:
            yield name[:100]
