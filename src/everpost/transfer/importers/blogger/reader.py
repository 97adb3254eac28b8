"""Blogger's exports: the backup of a blog, and the `feed.atom` of Google Takeout. Both are Atom. Their
entries are posts, pages, comments and, in a backup, settings, in any order.
"""

import html
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from everpost.domain.clock import EPOCH
from everpost.domain.posts import PostFormat, PostKind, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.blogger.blogs import BlogSettings
from everpost.transfer.importers.blogger.comments import author_key, read_comment
from everpost.transfer.importers.blogger.entries import Entry, name_of, read_entry, text_in
from everpost.transfer.importers.formats.old_paths import old_paths
from everpost.transfer.importers.formats.percent_encoding import percent_decoded
from everpost.transfer.importers.formats.xml_files import XmlFile
from everpost.transfer.importers.model import Item, Note, Outcome, SourceAuthor, SourcePost, SourceThread
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.reports.omissions import Omissions, UnknownFields

_IN_FEED = 1
_STATUSES = {"LIVE": PostStatus.PUBLISHED, "SCHEDULED": PostStatus.PUBLISHED, "DRAFT": PostStatus.DRAFT}
"""A scheduled post is published: like Blogger, Everpost shows it from its date."""
_TRASHED = frozenset({"SOFT_TRASHED", "TRASHED"})
_READ = frozenset({"post", "page", "comment"})
_KINDS = {"settings": "setting", "template": "theme"}
_OWN_COMMENTS = "Blogger/Comments/"
"""A folder in Takeout's archive: the account owner's comments, on any blog."""
_EXTENSIONS = (".html", ".htm")


def read_blogger(path: Path, *, pages: bool) -> Iterator[Item]:
    """Read an export. The file is read twice, because comments may come before their posts; they are kept in
    a temporary file. Raises BrokenFile.
    """
    export = _Export(path, pages=pages)
    with ImportSpool() as threads:
        yield from export.gather(threads)
        yield from export.posts(threads)
        for thread in threads.threads():
            for comment in thread.comments:
                name = f"{comment.source_id} on {thread.url}"
                reason = "its post is not in the file"
                yield Note(outcome=Outcome.DROPPED, kind="comment", name=name, reason=reason)
    yield from export.notes()


class _Export:
    """An export, and the state of reading it."""

    def __init__(self, path: Path, *, pages: bool) -> None:
        self._path = path
        self._file = XmlFile(path, suffix=".atom")
        self._kinds = {"post", "page"} if pages else {"post"}
        self._omissions = Omissions(path.name)
        self._unknown = UnknownFields()
        self._blog = BlogSettings()
        self._own_comments: set[str] = set()

    def gather(self, threads: ImportSpool) -> Iterator[Item]:
        """First pass: yield the authors and notes on what is dropped, and keep the comments by the id of
        their post.
        """
        authors: set[str] = set()
        kinds: Counter[str] = Counter()
        for entry in self._entries():
            kind = entry.kind if entry.kind in _READ or entry.kind in _KINDS else "entry"
            if kind == "settings" and self._blog.add_entry(entry):
                continue
            kinds[kind] += 1
            if kind in _READ:
                self._unknown.count(f"{kind}: {name}" for name in entry.unknown)
            if kind == "comment":
                comment = read_comment(entry, self._omissions)
                if isinstance(comment, Note):
                    yield comment
                else:
                    threads.add_part(SourceThread(url=comment[0], title="", comments=(comment[1],)))
                yield from _unsupported_notes(entry)
            elif not self._reason(entry) and (key := author_key(entry.author)) and key not in authors:
                authors.add(key)
                email = entry.author.email or None
                yield SourceAuthor(source_id=key, name=entry.author.name or key, email=email)
        yield self._blog.blog()
        yield from self._others(kinds)

    def _others(self, kinds: Mapping[str, int]) -> Iterator[Note]:
        """Notes on settings and themes. Raises BrokenFile if the file is the public feed of a blog."""
        if kinds.keys() == {"entry"}:
            reason = (
                "it is not an export of Blogger: its entries do not say whether they are posts. The feed of a"
                " blog has only its newest posts; export it at Settings, Manage blog, Back up content"
            )
            raise BrokenFile(self._path.name, "", reason)
        for kind, number in kinds.items():
            if kind in _KINDS:
                reason = f"only posts, pages and comments are imported; entries: {number:,}"
                yield Note(outcome=Outcome.DROPPED, kind=_KINDS[kind], name=self._path.name, reason=reason)

    def posts(self, threads: ImportSpool) -> Iterator[Item]:
        """Second pass: the posts with their comments, and notes on posts and pages that are dropped."""
        for entry in self._entries():
            if entry.kind == "comment" or entry.kind in _KINDS:
                continue
            comments = threads.take_thread(entry.id)
            if reason := self._reason(entry):
                if comments:
                    reason += f"; comments on it: {len(comments):,}"
                yield Note(
                    outcome=Outcome.DROPPED,
                    kind=(entry.kind or "entry")[:40],
                    name=entry.shown,
                    reason=reason,
                )
                continue
            yield from _unsupported_notes(entry)
            changes: list[str] = []
            published = entry.date("published", "blogger:created")
            yield SourcePost(
                source_id=entry.id,
                title=entry.text("title"),
                content=_content(entry),
                format=PostFormat.HTML,
                status=_status(entry, changes),
                publication_date=published or EPOCH,
                updated_at=entry.date("updated"),
                kind=PostKind.PAGE if entry.kind == "page" else PostKind.POST,
                paths=old_paths("", entry.page),
                slug=_slug(entry.page),
                tags=tuple(entry.labels),
                author_id=author_key(entry.author) or None,
                comments=comments,
                changes=tuple(changes),
            )

    def _reason(self, entry: Entry) -> str:
        """Why the entry is not imported; empty if it is."""
        if entry.kind not in {"post", "page"}:
            return "only posts, pages and comments are imported"
        if entry.text("blogger:trashed") or entry.text("blogger:status") in _TRASHED:
            return "it is in the trash"
        if entry.kind not in self._kinds:
            return "left out, because of --no-pages"
        return "" if entry.id else "it has no id"

    def _entries(self) -> Iterator[Entry]:
        is_feed = False
        self._own_comments.clear()
        for element in self._file.elements(_IN_FEED):
            parent = element.getparent()
            is_feed = is_feed or (parent is not None and name_of(parent) == "feed")
            if not is_feed:
                break
            if _OWN_COMMENTS in self._file.name:
                self._own_comments.add(self._file.name)
            elif name_of(element) == "entry":
                yield read_entry(element)
            elif name_of(element) == "link":
                self._blog.add_link(element.get("rel", ""), element.get("href", ""))
            else:
                self._blog.add_element(name_of(element), text_in(element))
        if not is_feed:
            raise BrokenFile(self._path.name, "", "it is not an export of Blogger, which is an Atom feed")

    def notes(self) -> Iterator[Note]:
        """The notes about the whole file."""
        yield from self._omissions.notes()
        yield from self._unknown.notes()
        for name in sorted(self._own_comments):
            reason = "it has the account owner's own comments; comments on each blog are in that blog's feed"
            yield Note(outcome=Outcome.DROPPED, kind="file", name=name, reason=reason)
        yield from self._file.notes()


def _unsupported_notes(entry: Entry) -> Iterator[Note]:
    """Notes on content that Everpost cannot keep."""
    for kind, value in entry.unsupported:
        reason = f"Everpost has no field for it: {value[:200]!r}"
        yield Note(outcome=Outcome.DROPPED, kind=kind, name=entry.shown, reason=reason)


def _content(entry: Entry) -> str:
    """The content as HTML; plain text keeps its line breaks."""
    content = entry.texts.get("content", "")
    return content if entry.is_html else html.escape(content, quote=False).replace("\n", "<br>\n")


def _status(entry: Entry, changes: list[str]) -> PostStatus:
    """Published only if the post is public on Blogger, or will be."""
    status_text = entry.text("blogger:status")
    is_takeout = "blogger:type" in entry.texts
    status = _STATUSES.get(status_text) if status_text or is_takeout else PostStatus.PUBLISHED
    drafts = {each.lower() for each in entry.draft}
    if drafts - {"no"}:
        status = PostStatus.DRAFT if drafts == {"yes"} else None
        status_text = " ".join(entry.draft)
    if status is None:
        changes.append(f"it is a draft: its status was {status_text[:40]!r}")
    if entry.date("published", "blogger:created") is None:
        changes.append("it has no date: it is a draft, dated 1970")
        return PostStatus.DRAFT
    return status or PostStatus.DRAFT


def _slug(address: str) -> str | None:
    """The last segment of the path, without its extension."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return None
    last = percent_decoded(path.rstrip("/").rpartition("/")[2])
    for extension in _EXTENSIONS:
        last = last.removesuffix(extension)
    return last or None
