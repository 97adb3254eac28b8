"""Finding out whether an archive is whole and right, before anything of it is written anywhere."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, dataclass

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.posts import Post
from everpost.domain.records import RecordCounts
from everpost.domain.tokens import Token
from everpost.domain.users import Author, User, email_key
from everpost.errors import Invalid
from everpost.transfer.archive.format import trailer
from everpost.transfer.archive.index import Index
from everpost.transfer.archive.reading import Archive
from everpost.transfer.digests import BlogDigest, RunningDigest
from everpost.transfer.lines import Key, Row
from everpost.transfer.origins import origin_of

Report = Callable[[int, int], None]
"""Is told how many records are checked, and of how many."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What an archive comes to, and which blog it is: see `transfer.origins`."""

    digest: BlogDigest
    origin: str


def check(archive: Archive, report: Report) -> Checked:
    """BrokenFile names the line where the archive breaks a rule of docs/archive.md: the form of each line,
    their order, the counts and digests, what must be unique, what a record refers to, and what is counted
    of a thread.
    """
    with closing(archive.lines()) as lines, closing(Index()) as index:
        counts = archive.read_header(next(lines, b"\n"))
        checker = _Checker(archive, index)
        total = 1 + sum(astuple(counts))
        number, last = 1, b""
        for number, line in enumerate(lines, 2):
            if last:
                checker.take(archive.read_row(last, number - 1), number - 1)
                report(number - 2, total)
            last = line
        return checker.finish(last, number, counts)


class _Checker:
    """One walk through an archive."""

    def __init__(self, archive: Archive, index: Index) -> None:
        self._archive = archive
        self._index = index
        self._digest = RunningDigest()
        self._key: Key = ()
        self._origin = ""
        self._post: Post | None = None
        self._post_line = 0
        self._approved = 0

    def take(self, row: Row, line: int) -> None:
        """The next record."""
        try:
            self._require_order(row)
            self._take(row, line)
        except Invalid as error:
            raise self._archive.broken(line, error.message) from None
        self._digest.add(row)

    def finish(self, last: bytes, line: int, counts: RecordCounts) -> Checked:
        """The last line, and what can be told only now."""
        digest = self._digest.result()
        if not last.startswith(b'{"kind":"everpost-archive-end"'):
            raise self._archive.broken(line, "is not the end of an archive: the file was cut off")
        if not self._origin:
            raise self._archive.broken(line, "stands where the settings should be")
        self._end_thread()
        if digest.record_counts != counts:
            raise self._archive.broken(1, "counts: are not those of the records that follow")
        if trailer(digest) != last:
            raise self._archive.broken(
                line, "the counts or digests are not those of the records: they were altered"
            )
        fault = self._index.find_fault()
        if fault is not None:
            raise self._archive.broken(*fault)
        return Checked(digest, self._origin)

    def _take(self, row: Row, line: int) -> None:
        record = row.record
        if isinstance(record, Comment):
            self._take_comment(record, line)
        elif isinstance(record, Post):
            self._take_post(record, line)
        elif isinstance(record, Token):
            self._take_unique("digest", record.digest, "token")
            self._require_user("user_id", record.user_id)
        elif isinstance(record, User):
            self._take_unique("id", record.id, "user")
            self._take_unique("email", email_key(record.email), "user")
        else:
            self._origin = origin_of(record)

    def _take_post(self, post: Post, line: int) -> None:
        self._end_thread()
        self._post, self._post_line, self._approved = post, line, 0
        self._take_unique("slug", post.slug, "post")
        self._require_author(post.author)

    def _take_comment(self, comment: Comment, line: int) -> None:
        if self._post is None or comment.post_id != self._post.id:
            raise Invalid("post_id", "is not the post that stands above it")
        if not self._index.add(comment, line):
            raise Invalid("id", "another comment has it")
        if comment.parent_id is None and comment.depth:
            raise Invalid("depth", "should be 0: it answers no comment")
        self._require_author(comment.author)
        if comment.editor_id is not None:
            self._require_user("editor_id", comment.editor_id)
        self._approved += comment.status is CommentStatus.APPROVED

    def _end_thread(self) -> None:
        if self._post is not None and self._post.comment_count != self._approved:
            raise self._archive.broken(self._post_line, f"comment_count: should be {self._approved:,}")

    def _require_order(self, row: Row) -> None:
        if not self._key and not isinstance(row.record, Blog):
            raise Invalid("kind", "should be settings, which come first")
        if row.key <= self._key:
            raise Invalid("the line", "is not in its place: see the order of records")
        self._key = row.key

    def _take_unique(self, field: str, value: str, noun: str) -> None:
        if not self._index.take(f"{noun} {field}", value):
            raise Invalid(field, f"another {noun} has it")

    def _require_user(self, field: str, id: str) -> None:
        if not self._index.is_taken("user id", id):
            raise Invalid(field, "is not a user of this archive")

    def _require_author(self, author: Author | None) -> None:
        if author is not None:
            self._require_user("author_id", author.id)
