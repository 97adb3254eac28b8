"""One post of one page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from everpost.domain.ids import parse_id
from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.items import SourceAuthor, SourcePost
from everpost.transfer.elsewhere.markdown.defaults import Inherited
from everpost.transfer.elsewhere.markdown.fields import lowered, name_of, text_of, texts_of
from everpost.transfer.elsewhere.markdown.folders import File
from everpost.transfer.elsewhere.markdown.front_matter import Page
from everpost.transfer.elsewhere.markdown.names import PageName, address_of, end_of
from everpost.transfer.elsewhere.markdown.titles import title_of
from everpost.transfer.elsewhere.markdown.visibility import (
    FALSE,
    HIDING,
    TRUE,
    end_of_publication,
    reasons_to_hide,
)
from everpost.transfer.elsewhere.moments import read_moment
from everpost.transfer.elsewhere.zones import localized

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a post that has none anywhere; it has to be the same in every run."""
_PUBLISHED_AT = ("publishdate", "date", "pubdate", "published", "created")
_UPDATED_AT = ("lastmod", "updated", "modified", "last_modified_at", "updated_at")
_LOOSE = frozenset({"created", "updated", "last_modified_at", "updated_at", "published"})
"""Fields that no generator requires to be dates."""
_FROM_THE_FILE = frozenset({"last modified", "created", "git last modified", "git created"})
"""What Eleventy takes from the file or from git: https://www.11ty.dev/docs/dates/"""
_FROM_GIT = re.compile(r":[a-z]+")
"""What Hugo takes from elsewhere."""
_ZERO = frozenset({"0001-01-01t00:00:00z", "0001-01-01 00:00:00+00:00", "0001-01-01"})
"""What Hugo writes where there is no date."""
_AUTHORS = ("author", "authors")
_TAGS = ("tags", "tag", "categories", "category")
_TAXONOMIES = "taxonomies"
_ADDRESSES = ("permalink", "url", "path")
_READ = frozenset(
    {
        *_PUBLISHED_AT,
        *_UPDATED_AT,
        *_AUTHORS,
        *_TAGS,
        _TAXONOMIES,
        *_ADDRESSES,
        *HIDING,
        "title",
        "slug",
        "id",
    }
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a page besides what it says."""

    inherited: Inherited
    folder_tags: tuple[str, ...] = ()
    """The categories that its folders are."""
    zone: tzinfo = UTC
    now: datetime = UNDATED
    is_jekyll: bool = False


class PostReader:
    """Makes one post of one page."""

    def __init__(self, file: File, page: Page, name: PageName, setting: Setting) -> None:
        self._file = file
        self._page = page
        self._name = name
        self._setting = setting
        self._fields: Mapping[str, object] = {
            **{
                key: value for key, value in setting.inherited.fields.items() if key in _READ - {"id", "slug"}
            },
            **page.fields,
        }
        self._changes: list[str] = []
        self._is_undated = False
        self.is_naive = False
        self.id = parse_id(page.text("id"))
        """The one that the post had here before it was exported."""

    def post(self, content: str, changes: tuple[str, ...]) -> tuple[SourcePost, SourceAuthor | None]:
        """The post with this content, and its author. BrokenFile."""
        author = self._author()
        published, updated = self._published(), self._moment(_UPDATED_AT)
        status = self._status()
        title, change = title_of(self._page, self._name.words, is_html=self._file.is_html)
        if change:
            self._changes.append(change)
        tags = tuple(dict.fromkeys([*self._tags(), *self._setting.folder_tags]))
        self._report_the_rest()
        post = SourcePost(
            source_id=self._file.place,
            id=self.id,
            title=title,
            content=content,
            format=PostFormat.HTML if self._file.is_html else PostFormat.MARKDOWN,
            publication_date=published,
            status=status,
            updated_at=updated,
            slug=self._name.slug,
            tags=tags,
            author_id=author.source_id if author else None,
            changes=(*self._changes, *changes),
        )
        return post, author

    def _published(self) -> datetime:
        moment = self._moment(_PUBLISHED_AT)
        if moment is None and self._name.date:
            self.is_naive = True
            return localized(self._name.date.replace(tzinfo=None), self._setting.zone)
        self._is_undated = moment is None
        return moment or UNDATED

    def _moment(self, names: tuple[str, ...]) -> datetime | None:
        """The first of these fields that is a date; others that say something else are reported."""
        found: datetime | None = None
        for name in names:
            text = text_of(self._fields.get(name)).strip()
            if self._fields.get(name) is not None and not text and name not in HIDING:
                self._changes.append(f"its {name} is not a date")
            if not text or text.lower() in _FROM_THE_FILE | _ZERO | TRUE | FALSE or _FROM_GIT.fullmatch(text):
                continue
            moment = self._read_moment(name, text)
            if found is None:
                found = moment
            elif moment is not None and moment != found:
                self._changes.append(f"its {name} was dropped: {text[:40]}")
        return found

    def _read_moment(self, name: str, text: str) -> datetime | None:
        written = read_moment(text)
        if written is None and name in _LOOSE:
            if name not in HIDING:
                self._changes.append(f"its {name} is not a date: {text[:40]!r}")
            return None
        if written is None:
            reason = f"{name} is not a date: {text[:50]!r}"
            raise BrokenFile(self._file.place, f"line {self._page.line_of(name)}", reason)
        if written.unknown_zone:
            self._changes.append(
                f"the time zone {written.unknown_zone[:40]!r} of its {name} is unknown: the time was read"
                f" as {self._setting.zone}"
            )
        self.is_naive |= written.moment.tzinfo is None and not written.unknown_zone
        return localized(written.moment, self._setting.zone)

    def _status(self) -> PostStatus:
        """Drafts say so, each kind of site in its own way."""
        reasons = list(reasons_to_hide(self._fields, self._setting.now))
        if "" in reasons and "" not in reasons_to_hide(self._page.fields, self._setting.now):
            reasons.append("set by the defaults of its folder or site")
        if self._file.is_draft:
            reasons.append("")
        reasons.extend(self._setting.inherited.doubts)
        if self._is_undated:
            reasons.append(f"it has no date, for which {UNDATED:%Y-%m-%d} stands")
        if self._file.is_in_bundle and self.id is None:
            reasons.append("it is part of another page's bundle")
        if not self._page.content.strip() and not self._page.fields:
            reasons.append("it is empty")
        if said := "; ".join(dict.fromkeys(filter(None, reasons))):
            self._changes.append(f"it is a draft: {said}")
        if end := end_of_publication(self._fields, self._setting.now):
            self._changes.append(f"its expiry on {end[:40]} was ignored")
        return PostStatus.DRAFT if reasons else PostStatus.PUBLISHED

    def _author(self) -> SourceAuthor | None:
        """The first author; the names of the others are only told."""
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
                blanks = self._setting.is_jekyll and name in {"tags", "categories"}
                value = fields.get(name)
                yield from self._split(value, None if blanks else ",")
                if isinstance(value, dict) or (isinstance(value, list) and len(texts_of(value)) < len(value)):
                    self._changes.append(f"values of its {name} that are not text were dropped")

    def _split(self, value: object, mark: str | None) -> list[str]:
        """The texts of a list; one text alone is a list with marks between, or (None) with blanks."""
        texts = texts_of(value)
        if len(texts) == 1 and not isinstance(value, list | dict):
            if mark is None and "," not in texts[0]:
                return texts[0].split()
            if mark != "":
                is_semicolons = ";" in texts[0] if self._page.is_plain else mark == ";"
                texts = texts[0].split(";" if is_semicolons else ",")
        return [text.strip() for text in texts if text.strip()]

    def _report_the_rest(self) -> None:
        """What the page says that has no place here, and is not said yet."""
        left_out = [name for name in self._page.fields if name not in _READ]
        taxonomies = self._page.fields.get(_TAXONOMIES)
        left_out += [f"{_TAXONOMIES}.{name}" for name in lowered(taxonomies) if name not in _TAGS]
        if taxonomies is not None and not isinstance(taxonomies, dict):
            left_out.append(_TAXONOMIES)
        left_out += [name for name in ("title", "slug", "id") if self._is_not_understood(name)]
        for name in _ADDRESSES:
            text = self._page.text(name)
            is_kept = text.lower() == "false" or (address_of(text) and end_of(text) == self._name.slug)
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
