"""Exports of Commento (version 1) and of its successor Comentario (version 1 until 2.x, then version 3).

The fields are those of the programs' own structures: `api/comment.go` and `api/commenter.go` of Commento;
`comment`, `commenter` and `domainPage` in Comentario's `resources/swagger/swagger.yml`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.commento_comments import (
    CommentedPage,
    Read,
    read_v1,
    read_v3,
    text,
    unknown_fields,
)
from everpost.transfer.importers.formats.json_files import JsonFile, Row
from everpost.transfer.importers.model import Item, Note, Outcome, SourceThread
from everpost.transfer.importers.reports.omissions import EMAILS, PICTURES, WEBSITES, Omissions, UnknownFields

_LISTS = frozenset({"comments", "commenters", "pages"})
_VERSIONS: Mapping[int, Read] = {1: read_v1, 3: read_v3}
_READ_OF_COMMENTER = frozenset(
    {"commenterHex", "id", "name", "email", "link", "websiteUrl", "photo", "avatarUrl", "hasAvatar"}
)
_READ_OF_PAGE = frozenset({"id", "path", "title", "isReadonly"})
_LONGEST_NAME = 500
_LONGEST_PATH = 2_000


def read_commento(path: Path) -> Iterator[Item]:
    """Each comment, with its thread. The names of commenters and the addresses of pages are kept in memory,
    because they may come after the comments. Raises BrokenFile.
    """
    export = _Export(path)
    yield from export.commenters_and_pages()
    yield from export.comments()
    yield from export.omissions.notes()
    yield from export.unknown.notes()


class _Export:
    """An export, and the state of reading it."""

    def __init__(self, path: Path) -> None:
        """Raises BrokenFile."""
        self._file = JsonFile(path)
        self.omissions = Omissions(path.name)
        self.unknown = UnknownFields()
        self._authors: dict[str, str] = {}
        self._pages: dict[str, CommentedPage] = {}
        root = self._file.root()
        version = root.get("version")
        lists = [root[name] for name in _LISTS & root.keys()]
        # Go writes an unset list as null.
        if not isinstance(version, int) or not lists or any(value not in ([], None) for value in lists):
            raise BrokenFile(path.name, "", "it is not an export of Commento or Comentario")
        if version not in _VERSIONS or version is True:
            raise BrokenFile(path.name, "", f"the version of the export is {version}: Everpost reads 1 and 3")
        self._read = _VERSIONS[version]
        self.unknown.count(f"export: {name[:100]}" for name in root.keys() - _LISTS - {"version"})

    def commenters_and_pages(self) -> Iterator[Item]:
        """First pass: remember the commenters and pages, and yield notes on what is dropped."""
        for place, row in self._file.rows([("commenters", "item"), ("pages", "item")]):
            if place[0] == "commenters":
                self._add_commenter(row)
            else:
                yield from self._add_page(row)

    def _add_commenter(self, row: Row) -> None:
        name = text(row, "name")[:_LONGEST_NAME]
        self._authors[text(row, "commenterHex") or text(row, "id")] = name
        self.omissions.count(EMAILS, bool(text(row, "email")))
        self.omissions.count(WEBSITES, bool(text(row, "link") or text(row, "websiteUrl")))
        picture = text(row, "photo") or text(row, "avatarUrl") or row.get("hasAvatar") is True
        self.omissions.count(PICTURES, bool(picture))
        self.unknown.count(f"commenter: {name}" for name in unknown_fields(row, _READ_OF_COMMENTER))

    def _add_page(self, row: Row) -> Iterator[Note]:
        path, title = text(row, "path"), text(row, "title")[:_LONGEST_NAME]
        if len(path) > _LONGEST_PATH:
            reason = "its path is too long for a URL"
            yield Note(outcome=Outcome.DROPPED, kind="page", name=f"{path[:200]} {title!r}", reason=reason)
        elif path:
            self._pages[text(row, "id")] = CommentedPage(
                path if "://" in path else "/" + path.lstrip("/"), title
            )
        if row.get("isReadonly") is True:
            reason = "its comments were closed; the import does not change existing posts"
            yield Note(
                outcome=Outcome.DROPPED, kind="closed page", name=f"{path[:200]} {title!r}", reason=reason
            )
        self.unknown.count(f"page: {name}" for name in unknown_fields(row, _READ_OF_PAGE))

    def comments(self) -> Iterator[Item]:
        """Second pass: the comments, and notes on those that are dropped."""
        for _, row in self._file.rows([("comments", "item")]):
            found = self._read(row, self._authors, self._pages, self.omissions)
            self.unknown.count(f"comment: {name}" for name in found.unknown)
            if isinstance(found.item, str):
                yield Note(outcome=Outcome.DROPPED, kind="comment", name=found.shown, reason=found.item)
            else:
                yield SourceThread(url=found.page.url, title=found.page.title, comments=(found.item,))
