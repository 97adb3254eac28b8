"""Read JSON exports of Ghost 0.11 to 6.

The format is documented in https://docs.ghost.org/migration/custom.
"""

from collections.abc import Iterator
from pathlib import Path

from everpost.domain.comments import CommentStatus
from everpost.domain.posts import PostKind, PostStatus
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.formats.json_files import Row
from everpost.transfer.importers.ghost.bodies import read_body
from everpost.transfer.importers.ghost.post_paths import read_paths
from everpost.transfer.importers.ghost.tables import Tables, date, read_rows, read_tables, required_date, text
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
from everpost.transfer.importers.reports.omissions import EMAILS, Omissions

_STATUSES = {"published": PostStatus.PUBLISHED, "scheduled": PostStatus.PUBLISHED, "draft": PostStatus.DRAFT}
_DATES = ("published_at", "created_at")
_READ_OF_MEMBER = frozenset({"id", "uuid", "name", "email"})
_COMMENT_STATUSES = {
    "published": CommentStatus.APPROVED,
    "hidden": CommentStatus.REMOVED,
    "deleted": CommentStatus.REMOVED,
}


def read_ghost(path: Path, *, pages: bool, site: str = "") -> Iterator[Item]:
    """The items of an export. `site` is the URL for links within the site. Raises BrokenFile."""
    tables, omissions = read_tables(path), Omissions(path.name)
    for row in tables.users:
        if text(row, "id"):
            name = text(row, "name", "slug")
            yield from tables.unsupported.of_row("users", row, repr(name))
            yield SourceAuthor(source_id=text(row, "id"), name=name, email=text(row, "email") or None)
    for row in read_rows(path):
        name = shown_as(text(row, "id"), text(row, "title"))
        comments = tables.comments_of.pop(text(row, "id"), [])
        if not text(row, "id"):
            yield Note(outcome=Outcome.DROPPED, kind="post", name=name, reason="it has no id")
        elif _is_page(row) and not pages:
            reason = "left out, because of --no-pages"
            if comments:
                reason += f"; comments on it: {len(comments):,}"
            yield Note(outcome=Outcome.DROPPED, kind="page", name=name, reason=reason)
        else:
            yield from _omitted_fields(row, tables, name)
            yield from _omitted_comment_fields(comments, tables, name, omissions)
            yield _post(row, comments, tables, site)
    for post_id, rows in tables.comments_of.items():
        for row in rows:
            name = f"{text(row, 'id')} on {post_id}"
            yield Note(
                outcome=Outcome.DROPPED, kind="comment", name=name, reason="its post is not in the file"
            )
    yield SourceBlog(**tables.settings)
    yield from omissions.notes()
    yield from tables.notes
    yield from tables.unsupported.notes()
    for table, number in tables.unread.items():
        reason = f"only posts, authors, tags and comments are imported; rows: {number:,}"
        yield Note(outcome=Outcome.DROPPED, kind="table", name=table, reason=reason)


def _is_page(row: Row) -> bool:
    """Whether the row is a page: a flag before version 2, a type since then."""
    return row.get("type") == "page" or row.get("page") in (1, True, "1")


def _post(row: Row, comments: list[Row], tables: Tables, site: str) -> SourcePost:
    changes: list[str] = []
    post_id = text(row, "id")
    authors = sorted(tables.authors_of.get(post_id, []))
    content, written_in = read_body(row, site, changes)
    return SourcePost(
        source_id=post_id,
        title=text(row, "title"),
        content=content,
        format=written_in,
        publication_date=required_date(row, changes, *_DATES),
        status=_status(row, tables.meta_of.get(post_id, {}), changes),
        kind=PostKind.PAGE if _is_page(row) else PostKind.POST,
        summary=text(row, "custom_excerpt").strip() or None,
        paths=read_paths(row, tables, site, is_page=_is_page(row)),
        updated_at=date(row, "updated_at"),
        slug=text(row, "slug") or None,
        tags=tuple(name for name in _tags(row, tables) if not name.startswith("#")),
        author_id=(authors[0][1] if authors else text(row, "author_id")) or None,
        comments=tuple(_comments(post_id, comments, tables)),
        changes=tuple(changes),
    )


def _status(row: Row, meta: Row, changes: list[str]) -> PostStatus:
    """The status; only a post that was public, or would have become so, is published."""
    status = _STATUSES.get(text(row, "status"))
    if status is None:
        changes.append(f"it is a draft: its status was {text(row, 'status')[:40]!r}")
        return PostStatus.DRAFT
    if status is PostStatus.PUBLISHED and (reason := _reason_to_hide(row, meta)):
        changes.append(f"it is a draft: {reason}")
        return PostStatus.DRAFT
    return status


def _reason_to_hide(row: Row, meta: Row) -> str:
    """Why a published post may not have been visible to the public; empty if it was."""
    visibility = row.get("visibility", "public")
    if visibility != "public":
        return f"it was restricted to {str(visibility or '')[:40]!r}"
    if row.get("email_only") or meta.get("email_only"):
        return "it was sent by email only"
    if text(row, "status") == "scheduled" and date(row, "published_at") is None:
        return "it was scheduled, but its date is missing or could not be read"
    written = text(row, *_DATES)
    if written and date(row, *_DATES) is None:
        return f"its date {written[:40]!r} could not be read"
    return ""


def _tags(row: Row, tables: Tables) -> list[str]:
    return [tables.tags.get(tag_id, "") for _, tag_id in sorted(tables.tags_of.get(text(row, "id"), []))]


def _omitted_fields(row: Row, tables: Tables, name: str) -> Iterator[Note]:
    yield from tables.unsupported.of_row("posts", row, name)
    yield from tables.unsupported.of_row("posts_meta", tables.meta_of.get(text(row, "id"), {}), name)
    for tag in _tags(row, tables):
        if tag.startswith("#"):
            reason = "it is for Ghost's internal use, and not shown"
            yield Note(outcome=Outcome.DROPPED, kind="internal tag", name=f"{tag!r} of {name}", reason=reason)
    for _, author_id in sorted(tables.authors_of.get(text(row, "id"), []))[1:]:
        reason = "Everpost keeps one author per post, the first"
        yield Note(outcome=Outcome.DROPPED, kind="co-author", name=f"{author_id} of {name}", reason=reason)


def _omitted_comment_fields(
    comments: list[Row], tables: Tables, name: str, omissions: Omissions
) -> Iterator[Note]:
    for row in comments:
        shown = f"{text(row, 'id')} on {name}"
        yield from tables.unsupported.of_row("comments", row, shown)
        member = row.get("member")
        if isinstance(member, dict):
            omissions.count(EMAILS, bool(member.get("email")))
            fields = {f"member.{key}": value for key, value in member.items() if key not in _READ_OF_MEMBER}
            yield from tables.unsupported.of_row("comments", fields, shown)


def _comments(post_id: str, rows: list[Row], tables: Tables) -> Iterator[SourceComment]:
    for number, row in enumerate(rows):
        changes: list[str] = []
        status = _COMMENT_STATUSES.get(text(row, "status"))
        if status is None:
            changes.append(f"it awaits approval: its status was {text(row, 'status')[:40]!r}")
        content, change = text_of_html(text(row, "html"))
        if change:
            changes.append(change)
        member = row.get("member")
        name = text(member, "name") if isinstance(member, dict) else ""
        name = name or tables.members.get(text(row, "member_id"), "")
        if text(row, "member_id") and not name:
            changes.append("its author is not in the file, or has no name")
        yield SourceComment(
            source_id=text(row, "id") or f"{post_id} comment {number}",
            content="" if text(row, "status") == "deleted" else content,
            publication_date=required_date(row, changes, "created_at"),
            status=status or CommentStatus.PENDING,
            parent_id=text(row, "in_reply_to_id", "parent_id") or None,
            name=name or None,
            updated_at=date(row, "edited_at"),
            changes=tuple(changes),
        )
