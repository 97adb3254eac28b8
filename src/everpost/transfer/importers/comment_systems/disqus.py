"""Disqus's XML export of comments: categories, then threads, then comments, which Disqus calls posts.

https://help.disqus.com/en/articles/1717164-comments-export
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from lxml import etree

from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.dates import parse_datetime
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.formats.xml_files import XmlFile
from everpost.transfer.importers.formats.xml_repairs import UNDECLARED
from everpost.transfer.importers.model import Item, Note, Outcome, SourceComment, SourceThread
from everpost.transfer.importers.reports.omissions import ADDRESSES, EMAILS, Omissions

Parts = Mapping[str, etree._Element]  # noqa: SLF001  (lxml has no other name for it)
"""The children of an element, by name."""
_IN_ROOT = 1
_MOST_FIELDS = 200
_READ = frozenset(
    {
        *("thread.id", "thread.link", "thread.title", "thread.isDeleted", "thread.isClosed"),
        *("post.id", "post.message", "post.createdAt", "post.isDeleted", "post.isSpam", "post.isApproved"),
        *("post.author", "post.thread", "post.parent", "post.ipAddress"),
        *("author.name", "author.username", "author.email"),
    }
)
"""The fields that are imported or counted."""
_ID = "{http://disqus.com/disqus-internals}id"
_UNDECLARED_ID = f"{{{UNDECLARED}dsq}}id"


def read_disqus(path: Path) -> Iterator[Item]:
    """Each comment, with its thread. Raises BrokenFile."""
    file = XmlFile(path)
    export = _Export(Omissions(path.name))
    is_empty = True
    for element in file.elements(_IN_ROOT):
        if is_empty and _tag(element.getparent()) != "disqus":
            break
        is_empty = False
        if _tag(element) == "thread":
            yield from export.keep_thread(element)
        elif _tag(element) == "post":
            yield export.comment(element)
        else:
            export.add_fields(_tag(element), _parts(element))
    if is_empty:
        raise BrokenFile(path.name, "", "it is not an export of Disqus")
    yield from export.notes()
    yield from file.notes()


@dataclass(frozen=True, slots=True)
class _Thread:
    url: str
    title: str
    is_deleted: bool


class _Export:
    """The state of reading an export, such as the addresses of the threads."""

    def __init__(self, omissions: Omissions) -> None:
        self.omissions = omissions
        self._threads: dict[str, _Thread] = {}
        self._fields: set[str] = set()
        """The names of the unknown fields of threads and comments."""

    def keep_thread(self, element: etree._Element) -> Iterator[Note]:
        """Remember a thread, and yield notes on what is dropped. Some threads have neither an address nor a
        name; comments on them are dropped with that reason.
        """
        parts = _parts(element)
        self.add_fields("thread", parts)
        url = _text(parts, "link") or _text(parts, "id")
        deleted = _text(parts, "isDeleted") == "true"
        self._threads[_id(element)] = _Thread(url, _text(parts, "title"), deleted)
        if _text(parts, "isClosed") == "true" and not deleted:
            reason = (
                "its comments were closed; the import does not change existing posts, so close them yourself"
            )
            yield Note(outcome=Outcome.DROPPED, kind="closed mark of a thread", name=url, reason=reason)

    def notes(self) -> Iterator[Note]:
        """Notes about the whole file, after it has been read."""
        yield from self.omissions.notes()
        if self._fields:
            reason = "Everpost has no fields for them: " + ", ".join(sorted(self._fields))
            yield Note(outcome=Outcome.DROPPED, kind="list of fields", name="Disqus", reason=reason)

    def add_fields(self, things: str, parts: Parts) -> None:
        """Remember the names of unknown fields."""
        for name in parts:
            if f"{things}.{name}" not in _READ and _text(parts, name) and len(self._fields) < _MOST_FIELDS:
                self._fields.add(f"{things}.{name[:80]}")

    def comment(self, element: etree._Element) -> Item:
        """A comment, or a note if it is dropped."""
        parts = _parts(element)
        author = _parts(parts.get("author"))
        self.add_fields("post", parts)
        self.add_fields("author", author)
        name = _text(author, "name") or _text(author, "username") or None
        source_id = _id(element) or _text(parts, "id")
        thread = self._threads.get(_id(parts.get("thread")))
        published = parse_datetime(_text(parts, "createdAt"))
        reason = ""
        if not source_id:
            reason = "it has no id"
        elif published is None:
            reason = f"its date is invalid: {_text(parts, 'createdAt')[:40]!r}"
        elif thread is None:
            reason = "its thread is not in the file"
        elif not thread.url:
            reason = "its thread has no URL"
        elif thread.is_deleted:
            reason = f"its thread was deleted: {thread.url}"
        if reason or published is None or thread is None:
            shown = f"{source_id} by {name or 'nobody'!r}"
            return Note(outcome=Outcome.DROPPED, kind="comment", name=shown, reason=reason)
        self.omissions.count(EMAILS, bool(_text(author, "email")))
        self.omissions.count(ADDRESSES, bool(_text(parts, "ipAddress")))
        published = published if published.tzinfo else published.replace(tzinfo=UTC)
        comment = SourceComment(
            source_id=source_id,
            content="",
            publication_date=published,
            status=_status(parts),
            parent_id=_id(parts.get("parent")) or None,
        )
        if comment.status is not CommentStatus.REMOVED:
            content, change = text_of_html(_text(parts, "message"))
            comment = replace(comment, content=content, name=name, changes=(change,) if change else ())
        return SourceThread(url=thread.url, title=thread.title, comments=(comment,))


def _status(parts: Parts) -> CommentStatus:
    if _text(parts, "isDeleted") == "true":
        return CommentStatus.REMOVED
    if _text(parts, "isSpam") == "true":
        return CommentStatus.SPAM
    return CommentStatus.PENDING if _text(parts, "isApproved") == "false" else CommentStatus.APPROVED


def _parts(element: etree._Element | None) -> Parts:
    return {} if element is None else {_tag(child): child for child in element}


def _tag(element: etree._Element | None) -> str:
    """The name of the element, without its namespace."""
    return "" if element is None else str(element.tag).rpartition("}")[2]


def _id(element: etree._Element | None) -> str:
    return "" if element is None else (element.get(_ID) or element.get(_UNDECLARED_ID) or "").strip()


def _text(parts: Parts, tag: str) -> str:
    element = parts.get(tag)
    return "" if element is None else "".join(element.itertext()).strip()
