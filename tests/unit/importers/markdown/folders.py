"""Write folders of pages for the tests, and import them."""

from collections.abc import Mapping
from pathlib import Path

from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Note, SourcePost, UnreadablePart


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write these files into the folder."""
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def posts_of(folder: Path, *, pages: bool = False) -> list[SourcePost]:
    """The imported posts."""
    return [item for item in read_markdown(folder, pages=pages) if isinstance(item, SourcePost)]


def notes_of(folder: Path) -> dict[str, str]:
    """The reasons of the notes, by name."""
    return {item.name: item.reason for item in read_markdown(folder) if isinstance(item, Note)}


def problems_of(folder: Path) -> list[UnreadablePart]:
    """The problems of the import."""
    return [item for item in read_markdown(folder) if isinstance(item, UnreadablePart)]


def only_post(folder: Path, place: str, text: str | bytes) -> SourcePost:
    """The post of a folder with this file."""
    [post] = posts_of(write_folder(folder, {place: text}))
    return post
