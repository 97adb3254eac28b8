"""The summary and the old paths of a post."""

import re
from collections.abc import Sequence

from everpost.transfer.importers.formats.old_paths import is_on, old_paths, with_last_segment
from everpost.transfer.importers.wordpress.values import Values, plain

OLD_SLUG = "_wp_old_slug"
"""The custom field with former slugs of a post, from which WordPress redirects."""
_BREAK = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-zA-Z][^<>]*>")
_PUBLIC = frozenset({"publish", "private"})
"""The statuses of posts that have a permalink."""


def read_summary(values: Values, changes: list[str]) -> str | None:
    """The excerpt as text; None if there is none."""
    excerpt = values.get("excerpt:encoded", "")
    text = _TAG.sub("", _BREAK.sub(" ", excerpt))
    if text != excerpt:
        changes.append("the HTML of the excerpt was converted to text")
    return " ".join(plain(text).split()) or None


def read_paths(values: Values, old_slugs: Sequence[str], site: str, changes: list[str]) -> tuple[str, ...]:
    """The permalink, the paths with older slugs, the `guid` if it is a permalink on the same site, and the
    short link with the number of the post.
    """
    link, guid, number = (values.get(name, "") for name in ("link", "guid", "wp:post_id"))
    short = old_paths(site, f"{site.rstrip('/')}/?p={number}")
    paths = tuple(path for path in old_paths(site, link) if path not in short)
    if not (paths or old_paths(site, link)) and "?" in link and values.get("wp:status") in _PUBLIC:
        changes.append(f"links to its old address {link[-40:]!r} do not redirect, because it has no path")
    older = [with_last_segment(link, slug) for slug in old_slugs] if paths else []
    others = old_paths(site, *older, *([guid] if is_on(site, guid) else []))
    return tuple(dict.fromkeys((*paths, *(path for path in others if path not in short), *short)))
