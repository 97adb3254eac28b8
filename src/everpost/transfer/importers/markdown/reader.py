"""Read folders of pages with front matter: Hugo, Jekyll, Hexo, Pelican, Eleventy and Zola."""

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from pathlib import Path, PurePosixPath

from everpost.domain.clock import now
from everpost.errors import BrokenFile, Invalid
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.markdown.configuration.blogs import blog_of
from everpost.transfer.importers.markdown.configuration.defaults import Defaults
from everpost.transfer.importers.markdown.configuration.languages import Languages
from everpost.transfer.importers.markdown.configuration.pelican_settings import NOT_UNDERSTOOD
from everpost.transfer.importers.markdown.configuration.sites import Generator
from everpost.transfer.importers.markdown.dates import DateRules, has_date
from everpost.transfer.importers.markdown.folders import File, Folder
from everpost.transfer.importers.markdown.front_matter.parser import ForeignFrontMatter, read_page
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.markdown.page_names import name_of
from everpost.transfer.importers.markdown.posts import PageContext, PostReader
from everpost.transfer.importers.markdown.template_tags.links import Links
from everpost.transfer.importers.markdown.template_tags.tags import convert_tags
from everpost.transfer.importers.model import Item, Note, Outcome, UnreadablePart

_OPENINGS = (b"---", b"+++", b"{")
_PAGES = "pages"
"""The folder in which Pelican keeps pages."""
_ROOTS = frozenset({"source", "src", "content", "articles"})
"""Folders of a site that are not categories."""
_LIKE_JEKYLL = frozenset({Generator.JEKYLL, None})
_IS_DAY_FIRST: Mapping[Generator | None, bool] = {
    Generator.JEKYLL: True,
    Generator.PELICAN: False,
    Generator.HEXO: False,
}


def read_markdown(
    path: Path, *, pages: bool = False, timezone: tzinfo | None = None, language: str | None = None
) -> Iterator[Item]:
    """Yield the posts of a folder, in the order of their paths. The path of a post is its source id; a post
    that Everpost exported keeps its id. `pages` includes pages that are not posts. A date without an offset
    is in `timezone`, or else in the time zone of the configuration, or else in UTC. Without `language`, the
    default language of the site is read. Raises BrokenFile if the path is not a folder; Invalid("language").
    """
    return _Reader(Folder(path), pages=pages, timezone=timezone, language=language).items()


class _Reader:
    """Reads one folder."""

    def __init__(self, folder: Folder, *, pages: bool, timezone: tzinfo | None, language: str | None) -> None:
        self._folder = folder
        self._pages = pages
        self._zone_problem = ""
        zone = timezone or self._configured_zone()
        generator = folder.site.generator
        is_yaml = generator is Generator.JEKYLL and timezone is None
        self._dates = DateRules(zone, is_yaml=is_yaml, is_day_first=_IS_DAY_FIRST.get(generator))
        self._has_known_zone = bool(timezone or (folder.site.timezone and not self._zone_problem))
        self._language = language
        self._languages = Languages(folder.site, folder.places(pages=pages), language)
        self._defaults = Defaults(folder)
        self._links = Links(folder)
        self._has_sections = any(_sections(place) for place in folder.places(pages=pages))
        self._authors: set[str] = set()
        self._naive = 0
        self._now = now()

    def items(self) -> Iterator[Item]:
        """The posts, authors, notes and problems of the folder."""
        for file in self._folder.files(pages=self._pages):
            if isinstance(file, Note | UnreadablePart):
                yield file
                continue
            try:
                yield from self._items_of(file)
            except BrokenFile as error:
                yield UnreadablePart.of(error)
        self._languages.require_any()
        yield from blog_of(self._folder.site, self._language)
        yield from self._notes()

    def _items_of(self, file: File) -> Iterator[Item]:
        data = _bytes(file)
        is_plain = file.is_html and not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OPENINGS)
        is_post = self._is_post_without_fields(file)
        if is_plain and not (is_post and _is_utf8(data)):
            yield _dropped("page", file, "HTML without front matter")
            return
        try:
            page = read_page(_text(file, data), file.place, is_pelican=self._is_pelican)
        except ForeignFrontMatter as error:
            yield _dropped("page", file, str(error))
            return
        if page is None and file.is_html and not is_post:
            yield _dropped("page", file, "HTML without front matter")
            return
        yield from self._items_of_page(file, page or MarkdownPage({}, _text(file, data)))

    def _items_of_page(self, file: File, page: MarkdownPage) -> Iterator[Item]:
        name = name_of(self._languages.bare(file.place), page)
        is_page = self._is_page(file, page, is_dated=name.date is not None)
        context = PageContext(
            inherited=self._defaults.of(file),
            folder_tags=tuple(self._folder_tags(file, page)),
            dates=self._dates,
            now=self._now,
            is_jekyll=self._folder.is_jekyll and self._folder.site.generator in _LIKE_JEKYLL,
            is_page=is_page,
            site=self._folder.site,
            above=self._folder.path.relative_to(self._folder.site.root).parts,
        )
        reader = PostReader(file, page, name, context)
        if reader.id is None:
            if reason := self._languages.reason_against(file.place, page):
                yield _dropped("translation", file, reason)
                return
            if reason := self._reason_against(file, page, is_page=is_page):
                yield _dropped("page", file, reason)
                return
        converted: tuple[str, tuple[str, ...]] = page.content, ()
        if reader.id is None:
            converted = convert_tags(page.content, self._links, file.place, is_html=file.is_html)
        post, author = reader.post(*converted)
        if author is not None and author.source_id not in self._authors:
            self._authors.add(author.source_id)
            yield author
        self._naive += reader.is_naive
        yield post

    def _is_post_without_fields(self, file: File) -> bool:
        """Whether the path alone makes a file a post: Jekyll and Hexo publish HTML without front matter."""
        is_jekyll = self._folder.site.generator in {Generator.JEKYLL, Generator.HEXO, None}
        return is_jekyll and (file.is_draft or (file.is_post_of_jekyll and file.has_dated_name))

    @property
    def _is_pelican(self) -> bool:
        return self._folder.site.generator is Generator.PELICAN

    def _reason_against(self, file: File, page: MarkdownPage, *, is_page: bool) -> str:
        """Why the page is not a post; empty if it is one."""
        generator = self._folder.site.generator
        if file.is_in_bundle and (generator is Generator.HUGO or (generator is None and not page.fields)):
            return "a resource of its bundle"
        return "a page, not a post" if is_page and not self._pages else ""

    def _is_page(self, file: File, page: MarkdownPage, *, is_dated: bool) -> bool:
        """Whether the generator has it among its pages, not its posts."""
        if file.is_post_of_jekyll:
            return False
        if self._folder.is_jekyll:
            return True
        kind = "page" in {page.text("type").lower(), page.text("layout").lower()}
        parts = PurePosixPath(file.place).parts[:-1]
        is_dated = is_dated or has_date(page.fields)
        if (kind and not is_dated) or (
            _PAGES in parts[:2] and (page.is_plain or not is_dated or self._is_pelican)
        ):
            return True
        is_apart = self._has_sections and not _sections(file.place)
        return is_apart and bool(page.fields) and not is_dated

    def _folder_tags(self, file: File, page: MarkdownPage) -> Iterator[str]:
        """The categories that folders represent: in Jekyll the parents of `_posts`, in Pelican the folder of
        an article without a category of its own.
        """
        parts = PurePosixPath(file.place).parts[:-1]
        for special in ("_posts", "_drafts"):
            if special in parts and self._folder.site.generator in _LIKE_JEKYLL:
                yield from (part for part in parts[: parts.index(special)] if part not in _ROOTS)
        is_pelican = self._is_pelican or (self._folder.site.generator is None and page.is_plain)
        if is_pelican and parts and parts[-1] not in _ROOTS and "category" not in page.fields:
            yield parts[-1]

    def _configured_zone(self) -> tzinfo:
        name = self._folder.site.timezone
        try:
            return zone_named(name) if name else UTC
        except Invalid as error:
            self._zone_problem = error.reason
            return UTC

    def _notes(self) -> Iterator[Note]:
        """Notes on the folder as a whole."""
        reasons = [f"its configuration cannot be read: {problem}" for problem in self._folder.site.problems]
        if self._zone_problem:
            reasons.append(f"the time zone in its configuration was ignored: {self._zone_problem}")
        if self._naive and not self._has_known_zone:
            reasons.append(
                f"{self._naive:,} of its posts have dates without an offset, which were read as UTC"
            )
        if not self._folder.hidden.is_understood:
            reasons.append("it is unclear which files its configuration excludes: all are drafts")
        if unknown := self._folder.site.texts(NOT_UNDERSTOOD):
            named = ", ".join(unknown)[:200]
            reasons.append(f"settings not understood: {named}; pages without `Status: published` are drafts")
        for reason in reasons:
            yield Note(outcome=Outcome.CHANGED, kind="folder", name=self._folder.path.name, reason=reason)


def _sections(place: str) -> list[str]:
    """The folders of a page that are sections of the site."""
    return [part for part in place.split("/")[:-1] if part not in _ROOTS]


def _dropped(kind: str, file: File, reason: str) -> Note:
    return Note(outcome=Outcome.DROPPED, kind=kind, name=file.place, reason=reason)


def _bytes(file: File) -> bytes:
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise BrokenFile(file.place, "", error.strerror or "cannot be read") from error


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(file: File, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFile(file.place, f"byte {error.start}", "not UTF-8") from error
