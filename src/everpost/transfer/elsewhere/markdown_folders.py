"""Which files of a folder are posts."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.items import Fate, Note

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is read; a post has a million characters, each of four bytes at most."""
_MARKDOWN = frozenset({".md", ".markdown", ".mkd", ".mdown"})
_HTML = frozenset({".html", ".htm"})
_JEKYLL = frozenset({"_posts", "_drafts"})
_SECTION = "_index"
_NOT_CONTENT = frozenset({"node_modules"})


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a post."""

    path: Path
    place: str
    """Its path inside the folder, with `/`."""

    @property
    def is_html(self) -> bool:
        return self.path.suffix.lower() in _HTML

    @property
    def is_draft(self) -> bool:
        """Whether it lies where Jekyll has its drafts."""
        return "_drafts" in self.path.parts


class Folder:
    """A folder of pages, as a generator of static sites reads it."""

    def __init__(self, path: Path) -> None:
        """BrokenFile: it is none."""
        if not path.is_dir():
            raise BrokenFile(
                path.name or str(path), "", "is not a folder" if path.exists() else "does not exist"
            )
        self.path = path.resolve()
        self.is_jekyll = bool(_JEKYLL & {*self.path.parts}) or self._has_posts_of_jekyll()
        """Whether posts are only in `_posts` and `_drafts`, and everything else is a page."""

    def files(self, *, pages: bool) -> Iterator[File | Note]:
        """The files that may be posts, in the order of their paths, and a note for each that is none."""
        for path, mode in self._walk():
            place = shown(path.relative_to(self.path))
            if stat.S_ISDIR(mode):
                yield Note(fate=Fate.DROPPED, kind="folder", name=place, reason="not where posts are")
            elif reason := self._reason_against(path, mode, pages=pages):
                kind = "page" if _is_text(path) else "file"
                yield Note(fate=Fate.DROPPED, kind=kind, name=place, reason=reason)
            else:
                yield File(path, place)

    def _walk(self) -> Iterator[tuple[Path, int]]:
        """Every file and every folder that is passed over, with its mode."""
        waiting = [self.path]
        while waiting:
            path = waiting.pop()
            mode = _mode(path)
            if path != self.path and (not stat.S_ISDIR(mode) or _is_passed_over(path)):
                yield path, mode
                continue
            try:
                waiting += sorted(path.iterdir(), key=_order, reverse=True)
            except OSError as error:
                raise BrokenFile(shown(path), "", error.strerror or "cannot be read") from error

    def _has_posts_of_jekyll(self) -> bool:
        return any(path.parent.name in _JEKYLL for path, _ in self._walk())

    def _reason_against(self, path: Path, mode: int, *, pages: bool) -> str:
        """Why the file is not a post; empty where it may be one."""
        if not stat.S_ISREG(mode):
            return "a link to another place" if stat.S_ISLNK(mode) else "not a file"
        if not _is_text(path):
            return "neither Markdown nor HTML"
        if path.name.partition(".")[0] == _SECTION:
            return "the page of a section"
        if self.is_jekyll and not pages and not _JEKYLL & {*path.parts}:
            return "a page, not a post"
        if path.stat().st_size > LARGEST:
            return f"larger than {LARGEST:,} bytes, more than a post can be"
        return ""


def shown(path: Path) -> str:
    """The path with `/`; what is not UTF-8 in it is replaced."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in _MARKDOWN | _HTML


def _is_passed_over(path: Path) -> bool:
    return path.name in _NOT_CONTENT or (path.name[0] in "._" and path.name not in _JEKYLL)


def _order(path: Path) -> bytes:
    return os.fsencode(path.name)


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError as error:
        raise BrokenFile(shown(path), "", error.strerror or "cannot be read") from error
