"""Convert a page to a post."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from everpost.domain.ids import parse_id
from everpost.domain.posts import PostFormat, PostKind, PostStatus
from everpost.transfer.importers.markdown.configuration.defaults import Inherited
from everpost.transfer.importers.markdown.configuration.sites import Generator, Site
from everpost.transfer.importers.markdown.dates import DateRules, PageDates, is_date_name
from everpost.transfer.importers.markdown.folders import File
from everpost.transfer.importers.markdown.front_matter.fields import (
    COMPUTED,
    lowered,
    merged,
    name_of,
    text_of,
    texts_of,
)
from everpost.transfer.importers.markdown.old_urls.generators import URL_FIELDS
from everpost.transfer.importers.markdown.old_urls.old_paths import ALIASES, paths_of
from everpost.transfer.importers.markdown.old_urls.source_page import SourcePage
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.markdown.page_names import PageName, last_part_of, url_of
from everpost.transfer.importers.markdown.titles import title_of
from everpost.transfer.importers.markdown.visibility import HIDING, end_of_publication, reasons_to_hide
from everpost.transfer.importers.model import SourceAuthor, SourcePost

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a post without one. It is the same in every import, so that imports can be repeated."""
_AUTHORS = ("author", "authors")
_TAGS = ("tags", "tag", "categories", "category")
_TAXONOMIES = "taxonomies"
_URLS = ("permalink", "url", "path", "save_as")
_SUMMARIES = ("summary", "excerpt", "description")
"""The fields with a summary, the most specific first. Generators use different ones."""
_READ = frozenset(
    {
        *_AUTHORS,
        *_TAGS,
        _TAXONOMIES,
        *_URLS,
        *ALIASES,
        *HIDING,
        "title",
        "slug",
        "id",
    }
)
_EXPORTED = frozenset({"type"})
"""Additional fields of pages that Everpost exported."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The context of a page: inherited fields, and rules of its site."""

    inherited: Inherited
    folder_tags: tuple[str, ...] = ()
    """The categories that its folders represent."""
    dates: DateRules = field(default_factory=DateRules)
    now: datetime = UNDATED
    is_jekyll: bool = False
    is_page: bool = False
    """Whether the generator does not have it among its posts."""
    site: Site = field(default_factory=lambda: Site(Path()))
    above: tuple[str, ...] = ()
    """The folders of the site that the imported folder is in."""


class PostReader:
    """Converts one page to a post."""

    def __init__(self, file: File, page: MarkdownPage, name: PageName, context: PageContext) -> None:
        self._file = file
        self._page = page
        self._name = name
        self._context = context
        inherited = {key: value for key, value in context.inherited.fields.items() if _is_inherited(key)}
        self._fields: Mapping[str, object] = merged(inherited, page.fields)
        self._changes: list[str] = []
        self._dates = PageDates(page, self._fields, name.date, context.dates, context.now)
        self._is_undated = False
        self.id = parse_id(page.text("id"))
        """The id of the post in Everpost, if the page was exported by Everpost."""

    @property
    def is_naive(self) -> bool:
        """Whether one of the post's dates has no offset."""
        return self._dates.is_naive

    def post(self, content: str, changes: tuple[str, ...]) -> tuple[SourcePost, SourceAuthor | None]:
        """The post with this content, and its author."""
        author = self._author()
        published, updated = self._dates.published(), self._dates.updated()
        self._is_undated = published is None
        self._changes.extend(self._dates.changes)
        status = self._status()
        title, change = title_of(self._page, self._name.default_title, is_html=self._file.is_html)
        if change:
            self._changes.append(change)
        tags = tuple(dict.fromkeys([*self._tags(), *self._context.folder_tags]))
        paths = self._paths(title, published, status)
        summary_field, summary = self._summary()
        self._report_the_rest(summary_field, paths)
        post = SourcePost(
            source_id=self._file.place,
            id=self.id,
            title=title,
            content=content,
            format=PostFormat.HTML if self._file.is_html else PostFormat.MARKDOWN,
            publication_date=published or UNDATED,
            status=status,
            kind=self._kind(),
            summary=summary,
            paths=paths,
            updated_at=updated,
            slug=self._name.slug,
            tags=tags,
            author_id=author.source_id if author else None,
            changes=(*self._changes, *changes),
        )
        return post, author

    def _kind(self) -> PostKind:
        """The kind, which Everpost's export has as the type."""
        is_page = self._context.is_page
        if self.id is not None:
            is_page = self._page.text("type") == PostKind.PAGE
        return PostKind.PAGE if is_page else PostKind.POST

    def _summary(self) -> tuple[str, str | None]:
        """The summary, and the name of its field."""
        if self.id is not None:
            return "summary", self._page.text("summary") or None
        for name in _SUMMARIES:
            text = " ".join(self._page.text(name).split())
            if text and text.lower() not in {"true", "false"}:
                return name, text
        return "", None

    def _paths(self, title: str, published: datetime | None, status: PostStatus) -> tuple[str, ...]:
        """The old paths. Everpost's export has them as aliases."""
        if self.id is not None:
            return tuple(texts_of(self._page.fields.get("aliases")))
        page = SourcePage(
            site=self._context.site,
            folders=(*self._context.above, *self._name.folders),
            stem=self._name.stem,
            bare=self._name.bare,
            is_page=self._context.is_page,
            fields=self._fields,
            title=title,
            categories=tuple(self._categories()),
            published=None if published is None else self._local(published),
        )
        changes = self._changes if status is PostStatus.PUBLISHED else []
        return paths_of(page, is_jekyll=self._context.is_jekyll, changes=changes)

    def _local(self, published: datetime) -> datetime:
        """The date as Jekyll and Hexo write it, in the time zone of the site."""
        if self._context.site.generator not in {Generator.JEKYLL, Generator.HEXO}:
            return published
        try:
            return published.astimezone(self._context.dates.zone)
        except OverflowError:
            return published

    def _categories(self) -> Iterator[str]:
        yield from self._context.folder_tags
        for name in ("categories", "category"):
            yield from self._split(self._fields.get(name), None if self._context.is_jekyll else ",")

    def _status(self) -> PostStatus:
        """The status. The reasons for a draft are added to the changes."""
        reasons = list(reasons_to_hide(self._fields, self._context.now))
        if "" in reasons and "" not in reasons_to_hide(self._page.fields, self._context.now):
            reasons.append("set by the defaults of its folder or site")
        if self._file.is_draft:
            reasons.append("")
        reasons.extend(self._context.inherited.doubts)
        if self._file.doubt:
            reasons.append(self._file.doubt)
        if self._is_undated and not self._context.is_page:
            reasons.append(f"it has no date: {UNDATED:%Y-%m-%d} was used")
        if self._file.is_in_bundle and self.id is None:
            reasons.append("it is part of another page's bundle")
        if not self._page.content.strip() and not self._page.fields:
            reasons.append("it is empty")
        if reason := "; ".join(dict.fromkeys(filter(None, reasons))):
            self._changes.append(f"it is a draft: {reason}")
        if end := end_of_publication(self._fields, self._context.now):
            self._changes.append(f"its expiry on {end[:40]} was ignored")
        return PostStatus.DRAFT if reasons else PostStatus.PUBLISHED

    def _author(self) -> SourceAuthor | None:
        """The first author; the others are only reported."""
        people: dict[str, object] = {}
        for value in (self._fields.get(name) for name in _AUTHORS):
            mark = ";" if self._page.is_plain else ""
            for each in value if isinstance(value, list) else [value]:
                names = self._split(each, mark) if isinstance(each, str) else [name_of(each)]
                for name in filter(None, map(str.strip, names)):
                    people.setdefault(name, each)
                if each not in (None, "") and not any(names):
                    self._changes.append("an author without a name was dropped")
        if not people:
            return None
        first, *others = people
        if others:
            self._changes.append("its other authors were dropped: " + ", ".join(others))
        fields = lowered(people[first])
        if lost := sorted(
            fields.keys() - {"name", "display_name", "first_name", "last_name", "login", "email"}
        ):
            self._changes.append("fields of its author were dropped: " + ", ".join(lost))
        return SourceAuthor(source_id=first, name=first, email=text_of(fields.get("email")) or None)

    def _tags(self) -> Iterator[str]:
        for fields in (self._fields, lowered(self._fields.get(_TAXONOMIES))):
            for name in _TAGS:
                blanks = self._context.is_jekyll and name in {"tags", "categories"}
                value = fields.get(name)
                yield from self._split(value, None if blanks else ",")
                if isinstance(value, dict) or (isinstance(value, list) and len(texts_of(value)) < len(value)):
                    self._changes.append(f"values of its {name} that are not text were dropped")

    def _split(self, value: object, mark: str | None) -> list[str]:
        """The texts of a list. A single text is split at `mark`; with None, at spaces if it has no comma."""
        texts = texts_of(value)
        if len(texts) == 1 and not isinstance(value, list | dict):
            if mark is None and "," not in texts[0]:
                return texts[0].split()
            if mark != "":
                is_semicolons = ";" in texts[0] if self._page.is_plain else mark == ";"
                texts = texts[0].split(";" if is_semicolons else ",")
        return [text.strip() for text in texts if text.strip()]

    def _report_the_rest(self, summary_field: str, paths: Sequence[str]) -> None:
        """Report the fields that are not imported, and not reported yet."""
        left_out = [
            name for name in self._page.fields if name not in _READ - {COMPUTED} and not is_date_name(name)
        ]
        if self.id is not None:
            left_out = [name for name in left_out if name not in _EXPORTED]
        left_out = [name for name in left_out if name != summary_field]
        taxonomies = self._page.fields.get(_TAXONOMIES)
        left_out += [f"{_TAXONOMIES}.{name}" for name in lowered(taxonomies) if name not in _TAGS]
        if taxonomies is not None and not isinstance(taxonomies, dict):
            left_out.append(_TAXONOMIES)
        left_out += [name for name in ("title", "slug", "id") if self._is_not_understood(name)]
        for name in _URLS:
            text = self._page.text(name)
            is_kept = text.lower() == "false" or bool(url_of(text) and last_part_of(text) == self._name.slug)
            is_kept = is_kept or bool(paths and text and name in URL_FIELDS[self._context.site.generator])
            if self._page.fields.get(name) is not None and not is_kept:
                left_out.append(name)
        if left_out:
            self._changes.append("its fields were dropped: " + ", ".join(sorted(left_out)))
        if self._page.repeated:
            self._changes.append("repeated fields have their last value: " + ", ".join(self._page.repeated))

    def _is_not_understood(self, name: str) -> bool:
        value = self._page.fields.get(name)
        return isinstance(value, list | dict) or (
            name == "id" and bool(self._page.text("id")) and self.id is None
        )


def _is_inherited(name: str) -> bool:
    """Whether a page can inherit the field."""
    return (name in _READ and name not in {"id", "slug"}) or is_date_name(name)
