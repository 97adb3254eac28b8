"""What is around the records of an archive: its first line and its last one."""

from collections.abc import Mapping

from everpost.domain.records import RecordCounts
from everpost.errors import Invalid
from everpost.transfer.digests import BlogDigest
from everpost.transfer.lines import KINDS, Kind, encoded
from everpost.transfer.reading_lines import Fields, read_fields

VERSION = 1
HEADER = "everpost-archive"
TRAILER = "everpost-archive-end"
MAX_LINE = 8 * 1024 * 1024
"""Bytes. The longest line is that of a post of a million characters each of which takes six."""

_MOST = 2**63 - 1

_PLURALS: Mapping[Kind, str] = {
    "settings": "settings",
    "user": "users",
    "token": "tokens",
    "post": "posts",
    "comment": "comments",
}


def header(counts: RecordCounts) -> bytes:
    """The first line."""
    return encoded({"kind": HEADER, "version": VERSION, "counts": _named(counts)})


def trailer(digest: BlogDigest) -> bytes:
    """The last line."""
    digests = {_PLURALS[kind]: digest.kinds[kind] for kind in KINDS}
    return encoded(
        {
            "kind": TRAILER,
            "counts": _named(digest.record_counts),
            "digests": {**digests, "all": digest.whole},
        }
    )


def read_header(line: bytes) -> RecordCounts:
    """What the first line says. Invalid: it is that of no archive, or of one of a newer Everpost."""
    fields = read_fields(line)
    if fields.value("kind") != HEADER:
        raise Invalid("kind", f"should be {HEADER}: this is no archive of Everpost")
    if fields.value("version") != VERSION:
        raise Invalid("version", f"is not {VERSION}: the archive was made by a newer Everpost than this one")
    counts = fields.value("counts")
    if isinstance(counts, dict):
        given = Fields(counts)
        numbers = (given.number(_PLURALS[kind], 0, _MOST) for kind in KINDS[1:])
        read = RecordCounts(*numbers)
        if header(read) == line:
            return read
    raise Invalid("counts", "should be the numbers of users, tokens, posts and comments, and nothing else")


def _named(counts: RecordCounts) -> Mapping[str, int]:
    return {
        "users": counts.users,
        "tokens": counts.tokens,
        "posts": counts.posts,
        "comments": counts.comments,
    }
