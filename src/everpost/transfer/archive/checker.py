"""Validation of a whole archive, before any of it is imported."""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import Post
from everpost.domain.record_kinds.kinds import Key, Kind, Values
from everpost.errors import Invalid
from everpost.transfer.archive.format import Header, is_trailer, trailer
from everpost.transfer.archive.index import Index
from everpost.transfer.archive.media_checker import MediaChecker
from everpost.transfer.archive.media_lines import is_media_line
from everpost.transfer.archive.reader import Archive
from everpost.transfer.copy.digests import BlogDigest, RunningDigest
from everpost.transfer.copy.operations import Phase, Progress
from everpost.transfer.copy.origins import origin_of
from everpost.transfer.copy.record_json import checked_values
from everpost.transfer.media.copies import FileReport
from everpost.transfer.media.file_list import FileList


@dataclass(frozen=True, slots=True)
class CheckedArchive:
    """A valid archive: its digest, and the origin of its blog (see `origin_of`)."""

    digest: BlogDigest
    origin: str
    files: FileReport | None = None
    """The files whose bytes the archive contains (`copied`), and those whose bytes the exported blog did not
    have (`faults`); None if the archive was written without bytes.
    """


def check(archive: Archive, progress: Progress) -> CheckedArchive:
    """Check a whole archive against the rules of docs/archive.md: the form and order of its lines, the counts
    and digests, unique values, references, the structure and counts of threads, and the bytes of files.
    Raises BrokenFile, which names the first line found to break a rule.
    """
    with closing(archive.lines()) as lines, closing(Index()) as index, closing(FileList()) as files:
        head = archive.read_header(next(lines, b"\n"))
        checker = _Checker(archive, index, files, head)
        total = sum(head.counts.values())
        number, last = 1, b""
        for number, line in enumerate(lines, 2):
            if is_media_line(last):
                checker.add_bytes(last, number - 1)
                progress(Phase.CHECKING_FILES, checker.media.done, files.size)
            elif last:
                checker.add(last, number - 1)
                progress(Phase.CHECKING, number - 2, total)
            last = line
        return checker.finish(last, number)


class _Checker:
    """The state of one pass over an archive."""

    def __init__(self, archive: Archive, index: Index, files: FileList, head: Header) -> None:
        self._archive = archive
        self._index = index
        self._files = files
        self._counts = head.counts
        self.media = MediaChecker(files, has_bytes=head.has_bytes)
        self._digest = RunningDigest(archive.kinds)
        self._threads = _ThreadChecker(archive, index)
        self._referred = {each.refers_to for kind in archive.kinds for each in kind.fields.values()}
        self._key: Key = ()
        self._owner: Key = ()
        self._origin = ""

    def add(self, line: bytes, number: int) -> None:
        """Check the next record."""
        try:
            kind, values = checked_values(line, self._archive.kinds)
            self._require_order(kind, self._archive.kinds.key(kind, values))
            self._require_unique(kind, values)
            self._require_references(kind, values)
            self._threads.add(kind, values, number)
        except Invalid as error:
            raise self._archive.broken(number, error.message) from None
        if kind.type is Blog:
            self._origin = origin_of(kind.decode(values))
        elif kind.type is MediaFile:
            self._files.add(kind.decode(values))
        self._digest.add(kind, line)
        self._archive.accept(line)

    def add_bytes(self, line: bytes, number: int) -> None:
        """Check the next line with bytes of a file."""
        try:
            self.media.add(line)
        except Invalid as error:
            raise self._archive.broken(number, error.message) from None

    def finish(self, last: bytes, line: int) -> CheckedArchive:
        """Check the last line, and the rules that depend on the whole archive."""
        digest = self._digest.result()
        if not is_trailer(last):
            raise self._archive.broken(line, "is not the end of an archive: the file is truncated")
        if not self._origin:
            raise self._archive.broken(line, "should be the settings, which come first")
        self._threads.end()
        if any(digest.counts[name] != count for name, count in self._counts.items()):
            raise self._archive.broken(1, "kinds: the counts do not match the records that follow")
        files = self._finish_bytes(line)
        if trailer(digest, self._counts, files) != last:
            raise self._archive.broken(
                line, "the counts or digests do not match the records: the archive was altered"
            )
        error = self._index.find_error()
        if error is not None:
            raise self._archive.broken(*error)
        return CheckedArchive(digest, self._origin, files)

    def _finish_bytes(self, line: int) -> FileReport | None:
        try:
            return self.media.end()
        except Invalid as error:
            raise self._archive.broken(line, error.message) from None

    def _require_order(self, kind: Kind[Any], key: Key) -> None:
        if kind.name not in self._counts:
            raise Invalid("kind", f"is {kind.name}, which the first line does not name")
        if self.media.has_begun:
            raise Invalid("kind", "should be media_bytes: no record follows the bytes of files")
        if not self._key and not kind.is_single:
            raise Invalid("kind", "should be settings, which come first")
        if kind.owner is None:
            self._owner = key
        elif key[: len(self._owner)] != self._owner:
            raise Invalid(kind.owner, f"is not the {kind.owner_kind} before it")
        if key <= self._key:
            raise Invalid("the line", "is out of order: see the order of records")
        self._key = key

    def _require_unique(self, kind: Kind[Any], values: Values) -> None:
        record = kind.decode(values) if kind.unique else None
        for field, get in kind.unique.items():
            noun = f"{kind.name} {field}"
            if not all(self._index.add_value(noun, value) for value in get(record)):
                raise Invalid(field, f"another {kind.name} already has it")
        if kind.name in self._referred and kind.owner is None:
            self._index.add_value(f"{kind.name} id", str(self._key[-1]))

    def _require_references(self, kind: Kind[Any], values: Values) -> None:
        for field, other in kind.references:
            referred = values[field]
            if referred is not None and not self._index.has_value(f"{other} id", str(referred)):
                raise Invalid(field, f"is not a {other} of this archive")


class _ThreadChecker:
    """Checks the depth of top-level comments and the comment counts of posts. The index checks the rest."""

    def __init__(self, archive: Archive, index: Index) -> None:
        self._archive = archive
        self._index = index
        self._post_line = 0
        self._expected: object = 0
        self._approved = 0

    def add(self, kind: Kind[Any], values: Values, line: int) -> None:
        if kind.type is Comment:
            if values["parent_id"] is None and values["depth"]:
                raise Invalid("depth", "should be 0: the comment is not a reply")
            self._approved += values["status"] == CommentStatus.APPROVED
            self._index.add_comment(values, line)
        elif kind.type is Post:
            self.end()
            self._post_line, self._expected, self._approved = line, values["comment_count"], 0

    def end(self) -> None:
        """Check the comment count of the latest post."""
        if self._expected != self._approved:
            raise self._archive.broken(self._post_line, f"comment_count: should be {self._approved:,}")
