"""The comments in Blogger's Atom files."""

import re

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.blogger.entries import Entry, EntryAuthor
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.model import Note, Outcome, SourceComment
from everpost.transfer.importers.reports.omissions import EMAILS, PROFILES, WEBSITES, Omissions

_STATUSES = {
    "LIVE": CommentStatus.APPROVED,
    "PENDING": CommentStatus.PENDING,
    "SPAM": CommentStatus.SPAM,
    "EMPTIED": CommentStatus.REMOVED,
}
_REMOVED = re.compile(r"This (comment|post) has been removed by (the author|a blog administrator)\.")
_COMMENT_IN_FEED = re.compile(r"/comments/default/(\d+)", re.ASCII)
_PROFILE = re.compile(r"https?://(www\.|draft\.)?blogger\.com/profile/", re.IGNORECASE)
_ACCOUNT = "BLOGGER"
_LONGEST_ID = 500
_NUMBER = re.compile(r"\d+", re.ASCII)


def read_comment(entry: Entry, omissions: Omissions) -> tuple[str, SourceComment] | Note:
    """The id of the post, and the comment; a note if the comment is dropped."""
    source_id, published = entry.id, entry.date("published", "blogger:created")
    post_id = next(iter(_reply_targets(entry)), "")[:_LONGEST_ID]
    reason = ""
    if not source_id:
        reason = "it has no id"
    elif not post_id:
        reason = "it does not say which post it is on"
    elif published is None:
        reason = f"its date cannot be read: {entry.text('published')[:40]!r}"
    if reason or published is None:
        shown = f"{source_id} by {entry.author.name[:80] or 'nobody'!r}"
        return Note(outcome=Outcome.DROPPED, kind="comment", name=shown, reason=reason)
    _count(entry.author, omissions)
    changes: list[str] = []
    status = _status(entry, changes)
    content = "" if status is CommentStatus.REMOVED else _text(entry, changes)
    if status is not CommentStatus.REMOVED and _REMOVED.fullmatch(content.strip("* \n")):
        status, content, changes = CommentStatus.REMOVED, "", []
    is_removed = status is CommentStatus.REMOVED
    return post_id, SourceComment(
        source_id=source_id,
        content=content,
        publication_date=published,
        status=status,
        parent_id=_parent_id(entry, source_id, post_id),
        name=None if is_removed else entry.author.name or None,
        author_id=None if is_removed else _account(entry.author),
        updated_at=entry.date("updated"),
        changes=tuple(changes),
    )


def author_key(author: EntryAuthor) -> str:
    """The key of an author, the same in both formats."""
    return author.address.partition("://")[2] or author.address or author.name


def _reply_targets(entry: Entry) -> list[str]:
    return [entry.text("blogger:parent")] if entry.text("blogger:parent") else entry.replies_to


def _parent_id(entry: Entry, source_id: str, post_id: str) -> str | None:
    """The id of the comment that this one replies to. Links and Takeout may give only the number at its
    end.
    """
    feeds = (_COMMENT_IN_FEED.search(address) for address in entry.related)
    numbers = [found[1] for found in feeds if found]
    candidates = [entry.text("blogger:inReplyTo"), *_reply_targets(entry)[1:], *numbers]
    parent = next((each for each in candidates if each and each != post_id), None)
    if parent is not None and _NUMBER.fullmatch(parent):
        return source_id.rpartition("-")[0] + "-" + parent
    return parent


def _status(entry: Entry, changes: list[str]) -> CommentStatus:
    """Approved only if everyone could see the comment on Blogger."""
    status_text = entry.text("blogger:status")
    if entry.is_removed or entry.text("blogger:trashed") or status_text == "SOFT_TRASHED":
        return CommentStatus.REMOVED
    is_takeout = "blogger:type" in entry.texts
    status = _STATUSES.get(status_text) if status_text or is_takeout else CommentStatus.APPROVED
    if status is None or any(each.lower() != "no" for each in entry.draft):
        changes.append(f"it awaits approval: its status was {(status_text or ' '.join(entry.draft))[:40]!r}")
        return CommentStatus.PENDING
    return status


def _text(entry: Entry, changes: list[str]) -> str:
    """The content as text. Line breaks of the source count unless there are HTML ones."""
    content = entry.texts.get("content", "").strip()
    if not entry.is_html:
        return content
    text, change = text_of_html(content, keeps_lines="<br" not in content.lower())
    if change:
        changes.append(change)
    title = " ".join(entry.text("title").rstrip(".…").split())
    if title and title not in " ".join(text.split()) and not change:
        changes.append(f"its title was left out: {title[:80]!r}")
    return text


def _account(author: EntryAuthor) -> str | None:
    """The key of the account that wrote the comment, which may be an author of posts. A backup does not
    distinguish accounts from guests who give the address of a profile as their website, so only Takeout
    counts.
    """
    return author_key(author) if author.kind.upper() == _ACCOUNT and author.address else None


def _count(author: EntryAuthor, omissions: Omissions) -> None:
    omissions.count(EMAILS, bool(author.email))
    if author.address:
        omissions.count(PROFILES if _PROFILE.match(author.address) else WEBSITES)
