"""Export to Markdown files, and import from them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.clock import EARLIEST, LATEST, whole_milliseconds
from everpost.domain.people.users import Author
from everpost.domain.posts import MAX_SUMMARY, Post, PostFormat, PostKind, PostStatus
from everpost.domain.records import Counts, Record
from everpost.errors import BrokenFile
from everpost.stores.port import Store
from everpost.transfer.exporters.markdown import ExportedFolder, export_markdown
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import SourcePost
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import a_comment, a_post, a_user, numbered

ANN = a_user(id=numbered(1), name='Ann "the pen" Ünï: #1')


@dataclass(frozen=True)
class Listed:
    """A blog that consists of a list of records."""

    listed: Sequence[Record]

    async def count(self) -> Counts:
        raise NotImplementedError

    async def fingerprint(self) -> str:
        raise NotImplementedError

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        yield self.listed


def names_in(folder: Path) -> list[str]:
    """The names of the files in the folder."""
    return sorted(path.name for path in folder.iterdir())


def as_read(post: Post, place: str) -> SourcePost:
    """The post as the importer reads it."""
    return SourcePost(
        source_id=place,
        id=post.id,
        title=post.title,
        content=post.content,
        format=post.format,
        status=post.status,
        kind=post.kind,
        summary=post.summary,
        paths=post.paths,
        publication_date=post.publication_date,
        updated_at=post.updated_at,
        slug=post.slug,
        tags=post.tags,
        author_id=ANN.name if post.author else None,
    )


async def test_a_post_is_a_file(tmp_path: Path) -> None:
    author = Author(id=ANN.id, name="")
    post = a_post(id=numbered(7), title='"A": b', tags=("a", "b c"), slug="a-b", author=author)
    comment = a_comment(post.id)
    exported = await export_markdown(Listed([ANN, post, comment]), tmp_path / "folder")
    assert exported == ExportedFolder(posts=1, comments_left_out=1)
    assert names_in(tmp_path / "folder") == ["2024-02-29-a-b.md"]
    assert (tmp_path / "folder" / "2024-02-29-a-b.md").read_text() == (
        "---\n"
        'title: "\\"A\\": b"\n'
        "date: 2024-02-29T12:30:15.123Z\n"
        "lastmod: 2024-02-29T12:30:15.123Z\n"
        'slug: "a-b"\n'
        "draft: false\n"
        'tags: ["a", "b c"]\n'
        'author: "Ann \\"the pen\\" Ünï: #1"\n'
        'id: "000000000000000000000007"\n'
        "---\n"
        "\n"
        "Content"
    )


TEXT_CHARACTERS = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXT = st.text(TEXT_CHARACTERS)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(whole_milliseconds)


@given(
    title=TEXT.filter(str.strip),
    content=TEXT | st.sampled_from(["\n", "\r\nText", "---\n", "\ufeff", "  \n\nText\r"]),
    tags=st.lists(TEXT.map(str.strip).filter(bool), unique=True).map(tuple),
    published=MOMENTS | st.sampled_from([EARLIEST, LATEST]),
    updated=MOMENTS,
    is_draft=st.booleans(),
    is_html=st.booleans(),
    kind=st.sampled_from(PostKind),
    summary=st.none() | st.text(TEXT_CHARACTERS, min_size=1, max_size=MAX_SUMMARY),
)
async def test_any_post_is_read_back(
    *,
    title: str,
    content: str,
    tags: tuple[str, ...],
    published: datetime,
    updated: datetime,
    is_draft: bool,
    is_html: bool,
    kind: PostKind,
    summary: str | None,
) -> None:
    post = replace(
        a_post(title=title, content=content, tags=tags, publication_date=published, updated_at=updated),
        status=PostStatus.DRAFT if is_draft else PostStatus.PUBLISHED,
        format=PostFormat.HTML if is_html else PostFormat.MARKDOWN,
        kind=kind,
        summary=summary,
    )
    with TemporaryDirectory() as folder:
        await export_markdown(Listed([post]), Path(folder))
        [read] = read_markdown(Path(folder))
    assert isinstance(read, SourcePost)
    assert read == as_read(post, read.source_id)


async def test_long_slugs_and_early_dates_have_file_names(tmp_path: Path) -> None:
    slugs = ["\U00020000" * 250 + end for end in ("a", "b")]
    posts = [a_post(slug=slug, publication_date=EARLIEST.replace(year=33)) for slug in slugs]
    await export_markdown(Listed(posts), tmp_path / "folder")
    read = [item for item in read_markdown(tmp_path / "folder") if isinstance(item, SourcePost)]
    assert sorted(post.slug or "" for post in read) == slugs
    assert {post.source_id[:11] for post in read} == {"0033-01-01-"}


async def test_existing_files_are_unchanged(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for folder in (tmp_path, tmp_path / "mine.txt", tmp_path / "missing" / "folder"):
        with pytest.raises(BrokenFile):
            await export_markdown(Listed([a_post()]), folder)
    assert names_in(tmp_path) == ["mine.txt"]


async def test_a_failed_export_leaves_no_files(tmp_path: Path) -> None:
    twice = [a_post(id=numbered(n), slug="same") for n in (1, 2)]
    with pytest.raises(BrokenFile, match="cannot be written"):
        await export_markdown(Listed(twice), tmp_path / "folder")
    assert names_in(tmp_path) == []


async def test_an_exported_blog_can_be_imported(store: Store, tmp_path: Path) -> None:
    posts = {
        numbered(1): a_post(id=numbered(1), content="\n# Text\r\n", tags=("a",), slug="one"),
        numbered(2): replace(a_post(id=numbered(2), slug="two"), format=PostFormat.HTML, content="<p>Text"),
        numbered(3): a_post(id=numbered(3), slug="three", status=PostStatus.DRAFT, updated_at=LATEST),
        numbered(4): a_post(id=numbered(4), slug="four", kind=PostKind.PAGE, summary=" Two\nlines "),
        numbered(5): a_post(id=numbered(5), slug="five", paths=('/é/"b", c', "/100%", "/a//b")),
    }
    for post in posts.values():
        await store.posts.add(post)
    async with store.records.snapshot() as snapshot:
        await export_markdown(snapshot, tmp_path / "folder")
    for post_id in posts:
        await store.posts.remove(post_id, match=None)
    await import_folder(store, tmp_path / "folder")
    assert {each: await store.posts.get(each, comments=0) for each in posts} == posts
    assert await import_folder(store, tmp_path / "folder") == {"already there": {"post": 5}}


async def import_folder(store: Store, folder: Path) -> dict[str, dict[str, int]]:
    """The outcomes of the import."""
    counts: dict[str, dict[str, int]] = {}
    with ImportReport() as report:
        await import_items(
            store, read_markdown(folder), ImportContext(report=report), origin=SourceSite("markdown", "")
        )
        for note in report.notes():
            kinds = counts.setdefault(note.outcome.value, {})
            kinds[note.kind] = kinds.get(note.kind, 0) + 1
    return counts
