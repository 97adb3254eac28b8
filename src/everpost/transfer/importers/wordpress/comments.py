"""The comments in WordPress's export."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from lxml import etree

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.model import Note, Outcome, SourceComment
from everpost.transfer.importers.wordpress.values import Values, plain, read_date, values_of

_COMMENTS = frozenset({"", "comment"})
_STATUSES = {
    "1": CommentStatus.APPROVED,
    "approve": CommentStatus.APPROVED,
    "0": CommentStatus.PENDING,
    "hold": CommentStatus.PENDING,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.REMOVED,
    "post-trashed": CommentStatus.REMOVED,
}
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")


@dataclass(frozen=True, slots=True)
class CommentSource:
    """Facts about the rest of the file that reading comments requires."""

    logins: Mapping[str, str]
    """The logins of users, by id."""
    timezone: tzinfo | None
    """The time zone of local dates."""
    on_comment: Callable[[etree._Element, Values], None]
    """Called with each comment."""


def read_comments(
    elements: Iterable[etree._Element], post_name: str, source: CommentSource
) -> Iterator[SourceComment | Note]:
    """The comments on a post, and a note for each pingback or other kind of comment."""
    for number, element in enumerate(elements):
        values = values_of(element)
        source_id = values.get("wp:comment_id", "") or f"{post_name} comment {number}"
        kind = values.get("wp:comment_type", "")
        if kind in _COMMENTS:
            source.on_comment(element, values)
            yield _comment(source_id, values, source)
        else:
            reason = (
                f"only comments are imported; it came from {plain(values.get('wp:comment_author', ''))!r}"
            )
            yield Note(
                outcome=Outcome.DROPPED, kind=kind[:40], name=f"{source_id} on {post_name}", reason=reason
            )


def _comment(source_id: str, values: Values, source: CommentSource) -> SourceComment:
    changes: list[str] = []
    parent_id = values.get("wp:comment_parent", "")
    return SourceComment(
        source_id=source_id,
        content=_text(values.get("wp:comment_content", ""), changes),
        publication_date=read_date(
            values, ["wp:comment_date_gmt"], "wp:comment_date", source.timezone, changes
        ),
        status=_status(values.get("wp:comment_approved", ""), changes),
        parent_id=None if parent_id in {"", "0"} else parent_id,
        name=plain(values.get("wp:comment_author", "")) or None,
        author_id=source.logins.get(values.get("wp:comment_user_id", "")),
        changes=tuple(changes),
    )


def _text(content: str, changes: list[str]) -> str:
    """The content as text. WordPress allows some HTML in comments, and displays line breaks."""
    if not _MARKUP.search(content):
        return content
    text, change = text_of_html(content, keeps_lines=True)
    if change:
        changes.append(change)
    return text


def _status(approved: str, changes: list[str]) -> CommentStatus:
    status = _STATUSES.get(approved)
    if status is None:
        changes.append(f"it awaits approval: its status was {approved[:40]!r}")
        return CommentStatus.PENDING
    return status
