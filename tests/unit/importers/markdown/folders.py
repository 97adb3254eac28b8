"""Folders of pages for the tests, and what is read of them."""

from collections.abc import Mapping
from pathlib import Path

from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Note, Problem, SourcePost


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder, with these files in it."""
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def posts_of(folder: Path, *, pages: bool = False) -> list[SourcePost]:
    """The posts in it."""
    return [item for item in read_markdown(folder, pages=pages) if isinstance(item, SourcePost)]


def notes_of(folder: Path) -> dict[str, str]:
    """What is said of what is not imported, by name."""
    return {item.name: item.reason for item in read_markdown(folder) if isinstance(item, Note)}


def problems_of(folder: Path) -> list[Problem]:
    """What cannot be read."""
    return [item for item in read_markdown(folder) if isinstance(item, Problem)]


def only_post(folder: Path, place: str, text: str | bytes) -> SourcePost:
    """The post that this one file is."""
    [post] = posts_of(write_folder(folder, {place: text}))
    return post
