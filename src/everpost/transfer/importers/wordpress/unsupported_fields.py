"""The fields of WordPress's export that Everpost cannot keep, reported once per file."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lxml import etree

from everpost.transfer.importers.model import Note, Outcome
from everpost.transfer.importers.wordpress.values import Values, name_of, plain, text_of, values_of

KIND = "list of fields"
_MOST_NAMES = 200
_TERMS = frozenset({"wp:category", "wp:tag", "wp:term"})
_READ: Mapping[str, frozenset[str]] = {
    "posts": frozenset(
        [
            "title",
            "link",
            "content:encoded",
            "excerpt:encoded",
            "pubDate",
            "dc:creator",
            "category",
            "wp:post_id",
            "wp:post_date",
            "wp:post_date_gmt",
            "wp:post_modified_gmt",
            "wp:comment_status",
            "wp:post_name",
            "wp:status",
            "wp:post_type",
            "wp:post_password",
            "wp:is_sticky",
            "wp:postmeta",
            "wp:comment",
        ]
    ),
    "comments": frozenset(
        [
            "wp:comment_id",
            "wp:comment_author",
            "wp:comment_author_email",
            "wp:comment_author_url",
            "wp:comment_author_IP",
            "wp:comment_date",
            "wp:comment_date_gmt",
            "wp:comment_content",
            "wp:comment_approved",
            "wp:comment_type",
            "wp:comment_parent",
            "wp:comment_user_id",
            "wp:commentmeta",
        ]
    ),
    "authors": frozenset(["wp:author_id", "wp:author_login", "wp:author_email", "wp:author_display_name"]),
    "the blog": frozenset(
        [
            *("title", "description", "language", "link", "wp:base_blog_url"),
            *("wp:wxr_version", "pubDate", "wp:author", "item"),
        ]
    )
    | _TERMS,
}
"""The elements that are imported or reported one by one."""
_NOTHING = frozenset({"", "0", "0000-00-00 00:00:00"})


class UnsupportedFields:
    """Collects the names of unsupported fields."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = defaultdict(dict)

    def add(self, things: str, values: Values) -> None:
        """Add the unsupported elements of a post, a comment, an author or the blog."""
        if values.keys() <= _READ[things]:
            return
        for name in values:
            if name not in _READ[things] and values[name].strip() not in _NOTHING:
                self._add(things, name, values[name])

    def add_custom_field(self, things: str, values: Values) -> None:
        """Add a field that WordPress or a plugin created."""
        self._add(f"fields of {things}", values.get("wp:meta_key", ""), "")

    def channel(self, element: etree._Element) -> Iterator[Note]:
        """Add an element of the channel. A category has a note of its own if it has more than a name."""
        name = name_of(element)
        if name not in _TERMS:
            self.add("the blog", {name: text_of(element)})
            return
        values = values_of(element)
        lost = {
            part: plain(text)
            for key, text in values.items()
            for part in ("description", "parent")
            if key.endswith(f"_{part}") and text.strip()
        }
        if any(name_of(child) == "wp:termmeta" for child in element):
            lost["fields"] = ", ".join(
                values_of(child).get("wp:meta_key", "")
                for child in element
                if name_of(child) == "wp:termmeta"
            )
        if lost:
            names = (plain(text) for key, text in values.items() if key.endswith("_name"))
            called = next(names, "") or next(
                (text for key, text in values.items() if key.endswith("slug")), ""
            )
            reason = "Everpost's tags have only names: " + ", ".join(
                f"its {part} {text[:200]!r}" for part, text in lost.items()
            )
            yield Note(outcome=Outcome.DROPPED, kind="part of a category", name=repr(called), reason=reason)

    def notes(self) -> Iterator[Note]:
        """A note for each kind of item."""
        for things, names in sorted(self._names.items()):
            shown = ", ".join(f"{name} {value!r}" if value else name for name, value in names.items())
            yield Note(
                outcome=Outcome.DROPPED,
                kind=KIND,
                name=things,
                reason=f"Everpost has no fields for them: {shown}",
            )

    def _add(self, things: str, name: str, value: str) -> None:
        names = self._names[things]
        if len(names) < _MOST_NAMES:
            names.setdefault(name[:80], value[:80] if things == "the blog" else "")
