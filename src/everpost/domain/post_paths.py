"""Old paths of posts, which redirect to their permalinks."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Self
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from everpost.domain.blog import Blog
from everpost.domain.ids import Id
from everpost.domain.permalinks import Addressed, path_of
from everpost.domain.posts import MAX_PATH, MAX_PATHS, PostChange, PostKind, PostStatus
from everpost.domain.text import unstorable_reason
from everpost.errors import Invalid

_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_NUMBERED = re.compile(
    r"(?P<path>/(?:.*/)?)(?:index\.php)?\?(?:p|page_id)=(?P<number>[1-9][0-9]{0,18})", re.DOTALL | re.ASCII
)
"""The address of a post by its number, in WordPress."""
_NUMBER = re.compile(r"/\?p=[1-9][0-9]{0,18}\Z", re.ASCII)
"""The end of its stored form: the only query in a path."""
_FILE_ENDING = re.compile(r"(/index)?\.html?$|/index$")


class PermalinkRule(NamedTuple):
    """The settings of the blog that permalinks depend on."""

    pattern: str
    time_zone: str

    @classmethod
    def of(cls, blog: Blog) -> Self:
        return cls(blog.permalink, blog.time_zone)

    def path(self, post: Addressed) -> str:
        """The permalink of the post."""
        return path_of(post, self.pattern, ZoneInfo(self.time_zone))

    def without_permalink(self, post: Addressed, paths: Sequence[str]) -> tuple[str, ...]:
        """The paths without the permalink of the post itself."""
        permalink = self.path(post)
        return tuple(path for path in paths if path != permalink)


class PostAddress(NamedTuple):
    """The fields of a post that decide what its permalink is, and whether the public could know it."""

    id: Id
    slug: str
    publication_date: datetime
    kind: PostKind
    status: PostStatus

    def after(self, change: PostChange) -> "PostAddress":
        """The address of the post after a change."""
        return PostAddress(
            self.id,
            change.slug or self.slug,
            change.publication_date or self.publication_date,
            change.kind or self.kind,
            change.status or self.status,
        )

    def was_public(self, moment: datetime) -> bool:
        """Whether the public could read the post at this time."""
        return self.status is PostStatus.PUBLISHED and self.publication_date <= moment


class Move(NamedTuple):
    """A change that may move a post."""

    change: PostChange
    address: PostAddress
    """The address of the post before the change."""
    paths: Sequence[str]
    """Its paths before the change."""
    rule: PermalinkRule

    def paths_after(self, taken: Collection[str] = ()) -> tuple[str, ...]:
        """The paths of the post after the change, oldest first. If the post was public, the addresses that
        lead to it only because of these paths are added, except those of other posts (`taken`). Beyond the
        maximum, the oldest paths are dropped.
        """
        change, after = self.change, self.address.after(self.change)
        new, is_public = self.rule.path(after), after.was_public(change.updated_at)
        paths = self.paths if change.paths is None else change.paths
        kept = [path for path in paths if path != new or (path in self.paths and not is_public)]
        for path in self._left_addresses(after):
            is_moved = path != new or not is_public
            if is_moved and path not in kept and path not in taken and len(path) <= MAX_PATH:
                kept.append(path)
        return tuple(kept[-MAX_PATHS:])

    @property
    def added_paths(self) -> Sequence[str]:
        """The paths that the post has only because of this change, if no other post has them."""
        known = {*self.paths, *(self.change.paths or ())}
        return [path for path in self.paths_after() if path not in known]

    def _left_addresses(self, after: PostAddress) -> Sequence[str]:
        """The addresses that the post leaves: its permalink, which may also be that of a draft, and the one
        by its old slug, by which its permalinks of earlier patterns are found.
        """
        if not self.address.was_public(self.change.updated_at):
            return ()
        by_slug = () if after.slug == self.address.slug else (f"/{self.address.slug}",)
        return (*by_slug, self.rule.path(self.address))


def checked_path(text: str) -> str:
    """A path in its stored form: percent-decoded, in NFC, without a slash at the end. The address of a post
    by its number in WordPress has the form `/?p=123`. Raises Invalid.
    """
    try:
        path = unicodedata.normalize("NFC", unquote(text, errors="strict")).rstrip("/")
    except UnicodeDecodeError:
        raise Invalid("paths", f"{text!r} has escapes that are not UTF-8") from None
    if (numbered := _NUMBERED.fullmatch(path)) is not None:
        path = f"{numbered['path'].rstrip('/')}/?p={numbered['number']}"
    for fault in _faults(path):
        raise Invalid("paths", f"{text[:MAX_PATH]!r} {fault}")
    return path


def checked_paths(texts: Sequence[str]) -> tuple[str, ...]:
    """Paths in their stored form, without duplicates. Raises Invalid."""
    paths = tuple(dict.fromkeys(map(checked_path, texts)))
    if len(paths) > MAX_PATHS:
        raise Invalid("paths", f"has more than {MAX_PATHS}")
    return paths


def _faults(path: str) -> Iterator[str]:
    """Why the path cannot be stored. These rules make the stored form of a stored path the path itself."""
    if not path:
        yield "should name a page"
    if not path.startswith("/"):
        yield "should begin with /"
    if path.startswith("//"):
        yield "should begin with a single slash"
    if len(path) > MAX_PATH:
        yield f"has more than {MAX_PATH} characters"
    if "?" in _NUMBER.sub("", path) or "#" in path:
        yield "should have neither a query, except ?p= and a number, nor a fragment"
    if _ESCAPE.search(path):
        yield "is percent-encoded twice"
    if any(unicodedata.category(character) == "Cc" for character in path):
        yield "contains a control character"
    if reason := unstorable_reason(path):
        yield f"cannot be stored: {reason}"


def moves(change: PostChange) -> bool:
    """Whether the change concerns the post's permalink, whether it is public, or its old paths."""
    fields = (change.slug, change.publication_date, change.kind, change.status, change.paths)
    return any(each is not None for each in fields)


def spellings(path: str) -> tuple[str, ...]:
    """The old paths, in their stored form, that a request for this percent-decoded path may mean, most likely
    first: the path itself; without `index.html` or `.html`; with one of them.
    """
    whole = unicodedata.normalize("NFC", path).rstrip("/")
    bare = _FILE_ENDING.sub("", whole)
    spelled = dict.fromkeys((whole, bare, f"{bare}.html", f"{bare}/index.html"))
    return tuple(each for each in spelled if not any(_faults(each)))


def numbered_path(path: str, query: Mapping[str, str]) -> str | None:
    """The old path, in its stored form, of a request for this percent-decoded path with the number of a post
    in WordPress in its query; None without a number.
    """
    number = query.get("p") or query.get("page_id") or ""
    found = _NUMBERED.fullmatch(f"{unicodedata.normalize('NFC', path).rstrip('/')}/?p={number}")
    if found is None:
        return None
    stored = f"{found['path'].removesuffix('index.php/').rstrip('/')}/?p={number}"
    return None if any(_faults(stored)) else stored
