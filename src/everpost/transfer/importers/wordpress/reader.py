"""WordPress's export, WXR 1.0 to 1.2: RSS with extensions.

https://github.com/WordPress/WordPress/blob/master/wp-admin/includes/export.php
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from everpost.domain.comments import CommentPolicy
from everpost.domain.posts import PostFormat, PostKind
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.xml_files import XmlFile
from everpost.transfer.importers.model import (
    Item,
    Note,
    Outcome,
    SourceAuthor,
    SourceBlog,
    SourceComment,
    SourcePost,
    shown_as,
)
from everpost.transfer.importers.pipeline.normalization import email_of
from everpost.transfer.importers.reports.omissions import ADDRESSES, EMAILS, WEBSITES, Omissions
from everpost.transfer.importers.wordpress.bodies import Bodies
from everpost.transfer.importers.wordpress.comments import CommentSource, read_comments
from everpost.transfer.importers.wordpress.post_fields import OLD_SLUG, read_paths, read_summary
from everpost.transfer.importers.wordpress.unsupported_fields import UnsupportedFields
from everpost.transfer.importers.wordpress.values import (
    Values,
    children_of,
    custom_fields,
    name_of,
    plain,
    read_date,
    read_slug,
    read_status,
    read_update,
    read_utc,
    text_of,
    values_of,
)

_VERSIONS = frozenset({"1.0", "1.1", "1.2"})
_Children: TypeAlias = "Mapping[str, Sequence[etree._Element]]"  # noqa: SLF001 - its only name
_IN_CHANNEL = 2
_TAGS = frozenset({"category", "post_tag", "tag"})
"""The taxonomies that become tags. WXR 1.0 calls `post_tag` `tag`."""
_ADDRESSES = ("wp:base_blog_url", "link", "wp:base_site_url")
_UNPUBLISHED = {"trash": "it is in the trash", "auto-draft": "it is a draft that nobody saved"}
_KINDS = {"nav_menu_item": "menu item", "wp_block": "reusable block"}
_REASONS = {
    "page": "left out, because of --no-pages",
    "attachment": "files are not imported: their URLs stay as they are",
}


def wordpress_site(path: Path) -> str:
    """The URL of the blog that a file comes from. Raises BrokenFile."""
    found: dict[str, str] = {}
    for element in XmlFile(path).elements(_IN_CHANNEL):
        if name_of(element) == "item":
            break
        found.setdefault(name_of(element), text_of(element).strip())
    return next((found[name] for name in _ADDRESSES if found.get(name)), "")


def read_wordpress(path: Path, *, pages: bool, timezone: tzinfo | None = None) -> Iterator[Item]:
    """The items of an export. Local dates without a UTC date are in `timezone`, or else in UTC. Raises
    BrokenFile.
    """
    file = XmlFile(path)
    export = _Export(path, pages=pages, timezone=timezone)
    version = None
    for element in file.elements(_IN_CHANNEL):
        match name_of(element):
            case "wp:wxr_version":
                version = text_of(element).strip()
                if version not in _VERSIONS:
                    reason = f"the version of the export is {version[:20]!r}: Everpost reads 1.0, 1.1 and 1.2"
                    raise BrokenFile(file.name, f"line {element.sourceline}", reason)
            case "wp:author":
                yield from export.author(element)
            case "item" if version is not None:
                yield from export.item(element)
            case "item":
                reason = "it does not say which version of a WordPress export it is"
                raise BrokenFile(file.name, f"line {element.sourceline}", reason)
            case _:
                yield from export.channel(element)
    if version is None:
        raise BrokenFile(path.name, "", "it is not an export of WordPress")
    yield export.blog()
    yield from export.notes()
    yield from file.notes()


class _Export:
    """The state of reading an export."""

    def __init__(self, path: Path, *, pages: bool, timezone: tzinfo | None) -> None:
        self._types = {"post", "page"} if pages else {"post"}
        self._timezone = timezone
        self._bodies = Bodies(path)
        self._unsupported = UnsupportedFields()
        self._omissions = Omissions(path.name)
        self._exported: datetime | None = None
        self._blog: dict[str, str] = {}
        """The elements about the blog. If one is repeated, the first counts."""
        self._logins: dict[str, str] = {}
        """The logins of users, by id."""
        self._authors: set[str] = set()

    def channel(self, element: etree._Element) -> Iterator[Item]:
        """Read an element about the blog, such as a category."""
        if name_of(element) == "pubDate":
            self._exported = read_utc(text_of(element))
        self._blog.setdefault(name_of(element), text_of(element).strip())
        yield from self._unsupported.channel(element)

    def blog(self) -> SourceBlog:
        """The settings of the blog, after the file has been read."""
        return SourceBlog(
            title=plain(self._blog.get("title", "")),
            description=plain(self._blog.get("description", "")),
            language=self._blog.get("language", ""),
            base_url=self._base_url,
        )

    @property
    def _base_url(self) -> str:
        return self._blog.get("wp:base_blog_url") or self._blog.get("link", "")

    def notes(self) -> Iterator[Note]:
        """Notes about the whole file, after it has been read."""
        yield from self._omissions.notes()
        yield from self._unsupported.notes()

    def author(self, element: etree._Element) -> Iterator[Item]:
        """An author, with email address."""
        values = values_of(element)
        self._unsupported.add("authors", values)
        login = plain(values.get("wp:author_login", ""))
        if not login:
            return
        self._authors.add(login.casefold())
        self._logins[values.get("wp:author_id", "")] = login.casefold()
        yield SourceAuthor(
            source_id=login.casefold(),
            name=plain(values.get("wp:author_display_name", "")) or _name_from_login(login),
            email=values.get("wp:author_email") or None,
        )

    def item(self, element: etree._Element) -> Iterator[Item]:
        """A post, and notes on what is dropped of it; a note on any other item."""
        values = values_of(element)
        source_id = next((values[each] for each in ("wp:post_id", "guid", "link") if values.get(each)), "")
        name = shown_as(source_id, plain(values.get("title", "")))
        kind = values.get("wp:post_type", "") or "post"
        reason = _UNPUBLISHED.get(values.get("wp:status", ""), "")
        if kind not in self._types:
            reason = _REASONS.get(kind, "only posts are imported")
        elif not source_id:
            reason = "it has no id"
        if reason:
            lost = sum(name_of(child) == "wp:comment" for child in element)
            if lost:
                reason += f"; comments on it: {lost:,}"
            yield Note(outcome=Outcome.DROPPED, kind=_KINDS.get(kind, kind[:40]), name=name, reason=reason)
            return
        login = plain(values.get("dc:creator", "")).casefold()
        if login and login not in self._authors:
            self._authors.add(login)
            yield SourceAuthor(source_id=login, name=_name_from_login(plain(values["dc:creator"])))
        children = children_of(element)
        comments: list[SourceComment] = []
        known = CommentSource(self._logins, self._timezone, self._count_omissions)
        for each in read_comments(children.get("wp:comment", ()), name, known):
            if isinstance(each, Note):
                yield each
            else:
                comments.append(each)
        self._unsupported.add("posts", values)
        yield from self._unsupported_parts(children, values, name)
        yield self._post(source_id, values, children, login, comments)

    def _post(
        self,
        source_id: str,
        values: Values,
        children: _Children,
        login: str,
        comments: list[SourceComment],
    ) -> SourcePost:
        changes: list[str] = []
        published = read_date(
            values, ["wp:post_date_gmt", "pubDate"], "wp:post_date", self._timezone, changes
        )
        status = read_status(values, published, self._exported, changes)
        return SourcePost(
            source_id=source_id,
            title=plain(values.get("title", "")),
            content=self._bodies.body(source_id, values.get("content:encoded", ""), changes),
            format=PostFormat.HTML,
            publication_date=published,
            status=status,
            kind=PostKind.PAGE if values.get("wp:post_type") == "page" else PostKind.POST,
            summary=read_summary(values, changes),
            paths=read_paths(values, custom_fields(children, OLD_SLUG), self._base_url, changes),
            updated_at=read_update(values),
            slug=read_slug(values, changes),
            tags=_tags(children),
            author_id=login or None,
            comment_policy=CommentPolicy.CLOSED if values.get("wp:comment_status") == "closed" else None,
            comments=tuple(comments),
            changes=tuple(changes),
        )

    def _count_omissions(self, element: etree._Element, values: Values) -> None:
        self._unsupported.add("comments", values)
        self._omissions.count(EMAILS, bool(values.get("wp:comment_author_email")))
        self._omissions.count(WEBSITES, bool(values.get("wp:comment_author_url")))
        self._omissions.count(ADDRESSES, bool(values.get("wp:comment_author_IP")))
        if "wp:commentmeta" in values:
            for child in children_of(element)["wp:commentmeta"]:
                self._unsupported.add_custom_field("comments", values_of(child))

    def _unsupported_parts(self, children: _Children, values: Values, name: str) -> Iterator[Note]:
        """Notes on the parts of a post that Everpost cannot keep."""
        yield from _unsupported_properties(children, values, name)
        for each in children.get("wp:postmeta", ()):
            field = values_of(each)
            notes = list(_unsupported_field(field, name))
            yield from notes
            if not notes and field.get("wp:meta_key") != OLD_SLUG:
                self._unsupported.add_custom_field("posts", field)


def _name_from_login(login: str) -> str:
    """The name of a user of whom only the login is known. If that is an email address, only the part before
    the @.
    """
    return login if email_of(login) is None else login.rpartition("@")[0]


def _tags(children: _Children) -> tuple[str, ...]:
    """The names of the categories and tags of a post, without duplicates. WXR 1.0 has each of them twice,
    once without a taxonomy.
    """
    terms = [each for each in children.get("category", ()) if _taxonomy(each) in _TAGS]
    return tuple(dict.fromkeys(plain(text_of(term)) or term.get("nicename", "") for term in terms))


def _taxonomy(term: etree._Element) -> str:
    return term.get("domain", "category").strip()


def _unsupported_properties(children: _Children, values: Values, name: str) -> Iterator[Note]:
    """Notes on the sticky mark and the terms that are not tags."""
    if values.get("wp:is_sticky") == "1":
        yield Note(
            outcome=Outcome.DROPPED, kind="sticky mark", name=name, reason="Everpost has no sticky posts"
        )
    for each in children.get("category", ()):
        if _taxonomy(each) not in _TAGS:
            reason = f"its taxonomy {_taxonomy(each)[:40]!r} is neither categories nor tags"
            yield Note(
                outcome=Outcome.DROPPED,
                kind="term",
                name=f"{plain(text_of(each))!r} of {name}",
                reason=reason,
            )


def _unsupported_field(values: Values, name: str) -> Iterator[Note]:
    """A note on a custom field. Of WordPress's own fields, whose names start with _, only the featured image
    has one.
    """
    key = values.get("wp:meta_key", "")
    if key == "_thumbnail_id":
        yield Note(
            outcome=Outcome.DROPPED,
            kind="featured image",
            name=name,
            reason="Everpost has no featured images",
        )
    elif key and not key.startswith("_"):
        reason = "Everpost has no custom fields"
        yield Note(
            outcome=Outcome.DROPPED, kind="custom field", name=f"{key[:80]!r} of {name}", reason=reason
        )
