"""The first and the last line of an archive."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from everpost.domain.record_kinds.kinds import Kind, Kinds
from everpost.domain.records import Counts
from everpost.errors import Invalid
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.record_json import encode, read_values
from everpost.transfer.media.copies import FileReport

VERSION = 3
HEADER = "everpost-archive"
TRAILER = "everpost-archive-end"
MAX_LINE = 16 * 1024 * 1024
"""Bytes. The longest line is that of a working copy and its base, with a million characters of six bytes in
the content of each.
"""

_MOST = 2**63 - 1


class Header(NamedTuple):
    """The first line of an archive."""

    counts: Counts
    """The number of records of each kind that it lists."""
    has_bytes: bool
    """Whether it contains the bytes of files, too."""


def header(kinds: Kinds, counts: Counts, *, has_bytes: bool) -> bytes:
    """The first line: the kinds of records that have a count, and the number of records of each."""
    described = [_described(kind, counts[kind.name]) for kind in kinds if kind.name in counts]
    return encode({"kind": HEADER, "version": VERSION, "media_bytes": has_bytes, "kinds": described})


def trailer(digest: BlogDigest, kinds: Counts, files: FileReport | None) -> bytes:
    """The last line of an archive whose first line lists these kinds. `files` are those whose bytes it
    contains (`copied`) or should contain (`faults`); None if they were left out.
    """
    each = [
        {"name": name, "count": digest.counts[name], "sha256": sha256}
        for name, sha256 in digest.kinds.items()
        if name in kinds
    ]
    total = sum(digest.counts.values())
    ends = {"kind": TRAILER, "kinds": each, "count": total, "sha256": digest.whole}
    media = files and {"files": files.copied, "size": files.copied_size, "missing": files.faults}
    return encode({**ends, "media_bytes": media})


def is_trailer(line: bytes) -> bool:
    """Whether the line has the form of a last line."""
    return line.startswith(b'{"kind":"%s"' % TRAILER.encode())


def read_header(line: bytes, kinds: Kinds) -> Header:
    """The content of the first line. Raises Invalid if it is not the first line of
    an archive, or lists an unknown kind, or a kind with different fields.
    """
    values = read_values(line)
    if values.get("kind") != HEADER:
        raise Invalid("kind", f"should be {HEADER}: this is not an Everpost archive")
    _require_version(values.get("version"))
    described = values.get("kinds")
    if not isinstance(described, list):
        raise Invalid("kinds", "should be the list of the kinds of records in the archive")
    counts = dict(_read_kind(each, kinds) for each in described)
    for kind in kinds:
        if kind.is_single and kind.name not in counts:
            raise Invalid("kinds", f"has no {kind.name}")
    has_bytes = values.get("media_bytes")
    if not isinstance(has_bytes, bool):
        raise Invalid("media_bytes", "should be true or false")
    if header(kinds, counts, has_bytes=has_bytes) != line:
        raise Invalid("the line", "is not in the canonical form: check the order of its kinds and fields")
    return Header(counts, has_bytes)


def _require_version(version: object) -> None:
    if version in (1, 2):
        reason = f"is {version}, a format from before the first release: export the blog again"
        raise Invalid("version", reason)
    if version != VERSION:
        raise Invalid("version", f"is not {VERSION}: use the version of Everpost that wrote it")


def _read_kind(described: object, kinds: Kinds) -> tuple[str, int]:
    """The name of a kind, and the number of its records."""
    given = described if isinstance(described, dict) else {}
    name, count = given.get("name"), given.get("count")
    if not isinstance(name, str) or type(count) is not int or not 0 <= count <= _MOST:
        raise Invalid("kinds", "should each have a name and a count")
    if name not in kinds:
        raise Invalid("kinds", f"has {name!r}, unknown to this version of Everpost: use a newer one")
    if given != _described(kinds[name], count):
        raise Invalid("kinds", f"describes {name!r} differently from this version of Everpost: use another")
    return name, count


def _described(kind: Kind[Any], count: int) -> Mapping[str, object]:
    owner = None if kind.owner is None else {"kind": kind.owner_kind, "field": kind.owner}
    return {
        "name": kind.name,
        "count": count,
        "belongs_to": owner,
        "order": list(kind.order),
        "fields": list(kind.columns),
    }
