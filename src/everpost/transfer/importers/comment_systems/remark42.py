"""Remark42's backup: lines of JSON, plain or compressed with gzip. The first line is about users and pages;
each of the others is a comment.

https://github.com/umputun/remark42/blob/master/backend/app/migrator/native.go
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.compressed_files import CompressedFile
from everpost.transfer.importers.formats.dates import parse_datetime
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.model import Item, Note, Outcome, SourceComment, SourceThread
from everpost.transfer.importers.reports.omissions import ADDRESSES, EMAILS, VOTES, Omissions

_VERSIONS = (0, 1)
_MOST_FIELDS = 200
_READ = frozenset(
    {
        *("id", "pid", "text", "orig", "user", "locator", "time", "edit", "delete", "title", "votes"),
        *("user.name", "user.ip", "user.email", "edit.time"),
    }
)
"""The fields that are imported or counted."""
_LONGEST_META = 32 * 1024 * 1024
"""Bytes of the first line, which has an entry for each page and each user."""
_LONGEST = 4 * 1024 * 1024
"""Bytes of the line of a comment, including all its votes."""


def read_remark42(path: Path) -> Iterator[Item]:
    """Each comment, with its thread. Raises BrokenFile."""
    lines = _lines(path)
    meta = _require_backup(path, next(lines, (1, b"")))
    omissions = Omissions(path.name)
    fields: set[str] = set()
    for number, line in lines:
        if line.strip():
            comment = _object(path, number, line)
            _add_unknown_fields(comment, fields)
            yield _item(comment, omissions)
    yield from omissions.notes()
    for things in ("users", "posts"):
        rows = meta.get(things)
        if isinstance(rows, list) and rows:
            reason = f"{len(rows):,} with marks (read-only, blocked, verified) that Everpost does not have"
            yield Note(outcome=Outcome.DROPPED, kind="setting", name=things, reason=reason)
    if fields:
        reason = "Everpost has no fields for them: " + ", ".join(sorted(fields))
        yield Note(outcome=Outcome.DROPPED, kind="list of fields", name=path.name, reason=reason)


def _add_unknown_fields(comment: Mapping[str, object], fields: set[str]) -> None:
    """Remember the names of unknown fields."""
    for prefix, part in (("", comment), ("user.", _part(comment, "user")), ("edit.", _part(comment, "edit"))):
        for name, value in part.items():
            if value and f"{prefix}{name}" not in _READ and len(fields) < _MOST_FIELDS:
                fields.add(f"{prefix}{name[:80]}")


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, from 1. Raises BrokenFile."""
    number = 0
    try:
        with CompressedFile(path, "").document().open() as file:
            while line := file.readline((_LONGEST if number else _LONGEST_META) + 1):
                number += 1
                if len(line) > (_LONGEST if number > 1 else _LONGEST_META):
                    raise BrokenFile(path.name, f"line {number}", "it is too long for a backup of Remark42")
                yield number, line
    except OSError as error:
        raise BrokenFile(path.name, "", error.strerror or "cannot be read") from error


def _require_backup(path: Path, first: tuple[int, bytes]) -> Mapping[str, object]:
    """The content of the first line. Raises BrokenFile if the file is not a backup."""
    number, line = first
    try:
        meta = _object(path, number, line)
    except BrokenFile as error:
        reason = f"it is not a backup of Remark42, which is JSON, a line for each comment: {error.reason}"
        raise BrokenFile(path.name, error.place, reason) from error
    if (
        meta.get("version", 0) not in _VERSIONS
        or "commenters" in meta
        or not {"users", "posts"} & meta.keys()
    ):
        raise BrokenFile(path.name, "line 1", "it is not a backup of Remark42 in its version 1")
    return meta


def _object(path: Path, number: int, line: bytes) -> Mapping[str, object]:
    try:
        value: object = json.loads(line)
    except UnicodeDecodeError as error:
        raise BrokenFile(path.name, f"line {number}", "not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BrokenFile(path.name, f"line {number}", f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BrokenFile(path.name, f"line {number}", "not a JSON object")
    return value


def _item(comment: Mapping[str, object], omissions: Omissions) -> Item:
    """A comment, or a note if it is dropped."""
    user, source_id = _part(comment, "user"), _text(comment, "id")
    url = _text(_part(comment, "locator"), "url")
    published = _date(comment, "time")
    # Remark42 stores names escaped for HTML.
    name = unescape(_text(user, "name")).strip() or None
    reason = ""
    if not source_id:
        reason = "it has no id"
    elif not url:
        reason = "it has no URL"
    elif published is None:
        reason = f"its date is invalid: {_text(comment, 'time')[:40]!r}"
    if reason or published is None:
        shown = f"{source_id} by {name or 'nobody'!r}"
        return Note(outcome=Outcome.DROPPED, kind="comment", name=shown, reason=reason)
    omissions.count(ADDRESSES, bool(_text(user, "ip")))
    omissions.count(EMAILS, bool(_text(user, "email")))
    omissions.count(VOTES, len(_part(comment, "votes")))
    is_deleted = comment.get("delete") is True
    content, change = ("", "") if is_deleted else _content(comment)
    read = SourceComment(
        source_id=source_id,
        content=content,
        publication_date=published,
        status=CommentStatus.REMOVED if is_deleted else CommentStatus.APPROVED,
        parent_id=_text(comment, "pid") or None,
        name=None if is_deleted else name,
        updated_at=_date(_part(comment, "edit"), "time"),
        changes=(change,) if change else (),
    )
    return SourceThread(url=url, title=_text(comment, "title"), comments=(read,))


def _content(comment: Mapping[str, object]) -> tuple[str, str]:
    """The original Markdown; the HTML from early versions that kept nothing else."""
    if original := _text(comment, "orig"):
        return original, ""
    return text_of_html(_text(comment, "text"))


def _date(values: Mapping[str, object], name: str) -> datetime | None:
    date = parse_datetime(_text(values, name))
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date


def _part(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object in a field; empty if there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
