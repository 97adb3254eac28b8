"""Folders of pages with front matter, as Hugo, Jekyll, Pelican, Eleventy and Zola have them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from everpost.domain.ids import parse_id
from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.front_matter import Page, read_page, text_of, texts_of
from everpost.transfer.elsewhere.items import Fate, Item, Note, Problem, SourceAuthor, SourcePost
from everpost.transfer.elsewhere.markdown_folders import File, Folder
from everpost.transfer.elsewhere.moments import parse_moment
from everpost.transfer.elsewhere.page_names import PageName, name_of
from everpost.transfer.elsewhere.page_titles import title_of

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a post that has none anywhere; it has to be the same in every run."""
_PUBLISHED_AT = ("publishdate", "date", "pubdate", "published", "created")
_UPDATED_AT = ("lastmod", "updated", "modified", "last_modified_at", "updated_at")
_FROM_THE_FILE = frozenset({"last modified", "created", "git last modified", "git created"})
"""What Eleventy takes from the file or from git: https://www.11ty.dev/docs/dates/"""
_ZERO = frozenset({"0001-01-01t00:00:00z", "0001-01-01 00:00:00+00:00"})
"""What Hugo writes where there is no date."""
_AUTHORS = ("author", "authors")
_TAGS = ("tags", "tag", "categories", "category")
_TAXONOMIES = "taxonomies"
_READ = frozenset(
    {*_PUBLISHED_AT, *_UPDATED_AT, *_AUTHORS, *_TAGS, _TAXONOMIES, "title", "draft", "status"}
    | {"slug", "permalink", "url", "path", "id"}
)
_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})


def read_markdown(folder: Path, *, pages: bool = False) -> Iterator[Item]:
    """The posts of a folder, in the order of their paths. A post is called by its path, and keeps the id
    that it had here before it was exported. With `pages` also what Jekyll calls pages. BrokenFile: front
    matter that is none, a date that is none, not UTF-8.
    """
    place = Folder(folder)
    authors: set[str] = set()
    naive = 0
    for file in place.files(pages=pages):
        if isinstance(file, Note):
            yield file
            continue
        try:
            text = _text(file)
            page = read_page(text, file.place)
        except BrokenFile as error:
            yield Problem.of(error)
            continue
        if page is None and file.is_html:
            reason = "HTML without front matter"
            yield Note(fate=Fate.DROPPED, kind="page", name=file.place, reason=reason)
            continue
        reader = _PostReader(file, page or Page({}, text, ""), is_jekyll=place.is_jekyll)
        try:
            post = reader.post()
        except BrokenFile as error:
            yield Problem.of(error)
            continue
        if reader.author and reader.author.source_id not in authors:
            authors.add(reader.author.source_id)
            yield reader.author
        naive += reader.is_naive
        yield post
    if naive:
        reason = f"{naive:,} of its posts have dates without an offset, which were taken for UTC"
        yield Note(fate=Fate.CHANGED, kind="folder", name=place.path.name, reason=reason)


def _text(file: File) -> str:
    try:
        return file.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFile(file.place, f"byte {error.start}", "not UTF-8") from error
    except OSError as error:
        raise BrokenFile(file.place, "", error.strerror or "cannot be read") from error


class _PostReader:
    """Makes one post of one page."""

    def __init__(self, file: File, page: Page, *, is_jekyll: bool) -> None:
        self._file = file
        self._page = page
        self._is_jekyll = is_jekyll
        self._name: PageName = name_of(file.place, page)
        self._changes: list[str] = []
        self.is_naive = False
        self.author: SourceAuthor | None = None

    def post(self) -> SourcePost:
        """The post. BrokenFile."""
        self.author = self._author()
        published, updated = self._published(), self._moment(_UPDATED_AT)
        status = self._status()
        title, change = title_of(self._page, self._name.words, is_html=self._file.is_html)
        if change:
            self._changes.append(change)
        left_out = sorted(name for name in self._page.fields if name not in _READ)
        if left_out:
            self._changes.append("without its fields " + ", ".join(left_out))
        return SourcePost(
            source_id=self._file.place,
            id=parse_id(self._page.text("id")),
            title=title,
            content=self._page.content,
            format=PostFormat.HTML if self._file.is_html else PostFormat.MARKDOWN,
            publication_date=published,
            status=status,
            updated_at=updated,
            slug=self._name.slug,
            tags=tuple(dict.fromkeys(self._tags())),
            author_id=self.author.source_id if self.author else None,
            changes=tuple(self._changes),
        )

    def _published(self) -> datetime:
        moment = self._moment(_PUBLISHED_AT)
        if moment is None and self._name.date:
            self.is_naive = True
            return self._name.date
        if moment is None:
            self._changes.append(f"it had no date and has {UNDATED:%Y-%m-%d}")
        return moment or UNDATED

    def _moment(self, names: tuple[str, ...]) -> datetime | None:
        """The first of these fields that is a date."""
        for name in names:
            text = self._page.text(name)
            if not text or text.lower() in _FROM_THE_FILE | _ZERO | _TRUE | _FALSE:
                continue
            moment = parse_moment(text)
            if moment is None:
                reason = f"{name} is not a date: {text[:50]!r}"
                raise BrokenFile(self._file.place, f"line {self._page.line_of(name)}", reason)
            self.is_naive |= moment.tzinfo is None
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return None

    def _status(self) -> PostStatus:
        """Drafts say so, each kind of site in its own way."""
        page = self._page
        status = page.text("status").lower()
        if status in {"hidden", "skip"}:
            self._changes.append(f"its status was {status!r}: it is a draft")
        is_draft = (
            self._file.is_draft
            or page.text("draft").lower() in _TRUE
            or page.text("published").lower() in _FALSE
            or status in {"draft", "hidden", "skip"}
        )
        return PostStatus.DRAFT if is_draft else PostStatus.PUBLISHED

    def _author(self) -> SourceAuthor | None:
        """The first author; the names of the others are only told."""
        values = [value for value in map(self._page.fields.get, _AUTHORS) if value is not None]
        names = list(
            dict.fromkeys(
                name for value in values for name in self._split(value, ";" if self._page.is_plain else "")
            )
        )
        if not names:
            return None
        if names[1:]:
            self._changes.append("without its other authors " + ", ".join(names[1:]))
        return SourceAuthor(source_id=names[0], name=names[0], email=_email(values[0]))

    def _tags(self) -> Iterator[str]:
        taxonomies = self._page.fields.get(_TAXONOMIES)
        for fields in (self._page.fields, taxonomies if isinstance(taxonomies, dict) else {}):
            for name in _TAGS:
                blanks = self._is_jekyll and name in {"tags", "categories"}
                yield from self._split(fields.get(name), None if blanks else ",")

    def _split(self, value: object, mark: str | None) -> list[str]:
        """The texts of a list; one text alone is a list with marks between, or (None) with blanks."""
        texts = texts_of(value)
        if len(texts) == 1 and not isinstance(value, list | dict):
            if mark is None and "," not in texts[0]:
                return texts[0].split()
            texts = (
                re.split("[;,]" if ";" in (mark or "") else re.escape(mark or ","), texts[0])
                if mark != ""
                else texts
            )
        return [text.strip() for text in texts if text.strip()]


def _email(value: object) -> str | None:
    """The address of an author who is written as a map."""
    first = value[0] if isinstance(value, list) and value else value
    return text_of(first.get("email")) or None if isinstance(first, dict) else None
