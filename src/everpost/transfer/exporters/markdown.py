"""Export of posts to a folder of Markdown files, which static site generators read.
`everpost.transfer.importers.markdown` reads the same posts back.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.errors import BrokenFile
from everpost.stores.port import Snapshot

_EXTENSIONS = {PostFormat.MARKDOWN: ".md", PostFormat.HTML: ".html"}
_LONGEST_NAME = 200
"""Bytes of a slug in a file name; file systems allow 255 for a whole name."""


@dataclass(frozen=True, slots=True)
class ExportedFolder:
    """The number of posts exported, and of comments that were not, because a file has no place for them."""

    posts: int
    comments_left_out: int


async def export_markdown(snapshot: Snapshot, folder: Path) -> ExportedFolder:
    """Write each post to a file `YYYY-MM-DD-slug.md`, or `.html`, in a new folder. The folder appears only
    when it is complete. Raises BrokenFile if it exists and is not empty, or cannot be written.
    """
    try:
        with _new_folder(folder) as created:
            return await _write_posts(snapshot, created)
    except OSError as error:
        raise BrokenFile(str(folder), "", f"cannot be written: {error.strerror or error}") from error


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder next to the target, which is renamed to the target at the end."""
    target = folder.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BrokenFile(str(folder), "", "is not an empty folder: choose another")
    created = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield created
        created.rename(target)
    finally:
        shutil.rmtree(created, ignore_errors=True)


async def _write_posts(snapshot: Snapshot, folder: Path) -> ExportedFolder:
    names: dict[Id, str] = {}
    posts = comments = 0
    async for records in snapshot.records():
        for record in records:
            if isinstance(record, User):
                names[record.id] = record.name
            elif isinstance(record, Post):
                _write_post(record, names, folder)
                posts += 1
            elif isinstance(record, Comment):
                comments += 1
    return ExportedFolder(posts, comments)


def _write_post(post: Post, names: Mapping[Id, str], folder: Path) -> None:
    author = names.get(post.author.id) if post.author else None
    text = _front_matter(post, author) + "\n" + post.content
    path = folder / _file_name(post)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text.encode())


def _file_name(post: Post) -> str:
    """A unique name: slugs are unique, and a slug that is cut is followed by the id."""
    stem = post.slug.encode()
    if len(stem) > _LONGEST_NAME:
        stem = stem[:_LONGEST_NAME].decode(errors="ignore").encode() + f"-{post.id}".encode()
    published = post.publication_date
    return f"{published:%Y-%m-%d}-".rjust(11, "0") + stem.decode() + _EXTENSIONS[post.format]


def _front_matter(post: Post, author: str | None) -> str:
    """YAML that means the same in every version of YAML, whatever the text contains."""
    lines = [
        "---",
        f"title: {_quoted(post.title)}",
        f"date: {_timestamp(post.publication_date)}",
        f"lastmod: {_timestamp(post.updated_at)}",
        f"slug: {_quoted(post.slug)}",
        f"draft: {'false' if post.status is PostStatus.PUBLISHED else 'true'}",
        f"tags: [{', '.join(map(_quoted, post.tags))}]",
    ]
    if post.kind is PostKind.PAGE:
        lines.append("type: page")
    if post.summary is not None:
        lines.append(f"summary: {_quoted(post.summary)}")
    if post.paths:
        lines.append(f"aliases: [{', '.join(map(_quoted, post.paths))}]")
    if author is not None:
        lines.append(f"author: {_quoted(author)}")
    return "\n".join([*lines, f"id: {_quoted(post.id)}", "---", ""])


def _timestamp(date: datetime) -> str:
    return date.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(text: str) -> str:
    """A double-quoted scalar: https://yaml.org/spec/1.2.2/#73-flow-scalar-styles"""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
