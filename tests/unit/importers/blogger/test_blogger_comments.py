"""Comments in Blogger's exports."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.model import Item, Note, SourceComment, SourcePost
from tests.unit.importers.blogger.blogger_files import (
    backup_comment,
    backup_entry,
    link,
    post_id,
    takeout_comment,
    takeout_entry,
    write_backup,
    write_takeout,
)
from tests.unit.importers.exports import of_kind

Read = Callable[..., Sequence[Item]]


@pytest.fixture
def backup(tmp_path: Path) -> Read:
    """Reads a backup with these entries."""
    return lambda *entries: list(read_blogger(write_backup(tmp_path / "blog.xml", *entries), pages=False))


@pytest.fixture
def takeout(tmp_path: Path) -> Read:
    """Reads the feed of Takeout with these entries."""
    return lambda *entries: list(read_blogger(write_takeout(tmp_path / "feed.atom", *entries), pages=False))


def comments_on(items: Sequence[Item]) -> dict[str, list[SourceComment]]:
    """The comments, by post."""
    return {post.source_id: list(post.comments) for post in of_kind(SourcePost, items)}


def only_comment(items: Sequence[Item]) -> SourceComment:
    [[comment]] = comments_on(items).values()
    return comment


def test_comments_are_read_in_any_order(backup: Read) -> None:
    items = backup(
        backup_comment(10, 2), backup_entry(1), backup_comment(11, 1), backup_entry(2), backup_comment(12, 2)
    )
    found = {post: [each.source_id for each in comments] for post, comments in comments_on(items).items()}
    assert found == {post_id(1): [post_id(11)], post_id(2): [post_id(10), post_id(12)]}


def test_a_comment_keeps_its_content_date_and_name(backup: Read) -> None:
    comment = only_comment(
        backup(backup_entry(1), backup_comment(2, 1, content="One<br />\ntwo &amp; three"))
    )
    assert (comment.content, comment.name, comment.author_id) == ("One\ntwo & three", "Guest", None)
    assert comment.publication_date.isoformat() == "2024-01-31T22:00:00-05:00"
    assert (comment.status, comment.parent_id, comment.changes) == (CommentStatus.APPROVED, None, ())


def test_line_breaks_without_html_are_kept(takeout: Read) -> None:
    comment = only_comment(takeout(takeout_entry(1), takeout_comment(2, 1, content="One\n\ntwo")))
    assert (comment.content, comment.changes) == ("One\n\ntwo", ())


@pytest.mark.parametrize(
    "relation",
    [
        link("related", "http://www.blogger.com/feeds/7/1/comments/default/10"),
        link("related", "https://www.blogger.com/feeds/7/1/comments/default/10?v=2"),
        f"<thr:in-reply-to ref='{post_id(10)}'/>",
    ],
)
def test_a_reply_in_a_backup_has_its_parent(backup: Read, relation: str) -> None:
    items = backup(backup_entry(1), backup_comment(10, 1), backup_comment(11, 1, relation))
    first, second = comments_on(items)[post_id(1)]
    assert (first.parent_id, second.parent_id) == (None, first.source_id)


@pytest.mark.parametrize("parent", [post_id(10), "10"])
def test_a_reply_in_takeout_has_its_parent(takeout: Read, parent: str) -> None:
    reply = takeout_comment(11, 1, blogger_inReplyTo=parent)
    first, second = comments_on(takeout(takeout_entry(1), takeout_comment(10, 1), reply))[post_id(1)]
    assert (first.parent_id, second.parent_id) == (None, first.source_id)


def test_a_comment_whose_parent_is_the_post_is_not_a_reply(takeout: Read) -> None:
    comment = only_comment(takeout(takeout_entry(1), takeout_comment(2, 1, blogger_inReplyTo=post_id(1))))
    assert comment.parent_id is None


@pytest.mark.parametrize(
    ("status", "becomes", "is_changed"),
    [
        ("LIVE", CommentStatus.APPROVED, False),
        ("PENDING", CommentStatus.PENDING, False),
        ("SPAM", CommentStatus.SPAM, False),
        ("EMPTIED", CommentStatus.REMOVED, False),
        ("SOFT_TRASHED", CommentStatus.REMOVED, False),
        ("GHOSTED", CommentStatus.PENDING, True),
        ("live", CommentStatus.PENDING, True),
        ("", CommentStatus.PENDING, True),
    ],
)
def test_only_a_live_comment_is_shown(
    takeout: Read, status: str, becomes: CommentStatus, *, is_changed: bool
) -> None:
    comment = only_comment(takeout(takeout_entry(1), takeout_comment(2, 1, blogger_status=status)))
    assert comment.status is becomes
    assert bool(comment.changes) is is_changed
    assert bool(comment.content) is (becomes is not CommentStatus.REMOVED)


def test_a_comment_in_the_trash_has_neither_content_nor_name(takeout: Read) -> None:
    trashed = takeout_comment(
        2, 1, blogger_trashed="2024-05-01T00:00:00Z", author_type="BLOGGER", author_uri="http://a"
    )
    comment = only_comment(takeout(takeout_entry(1), trashed))
    assert (comment.status, comment.content, comment.name, comment.author_id) == (
        CommentStatus.REMOVED,
        "",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("This comment has been removed by the author.", ""),
        ("This comment has been removed by a blog administrator.", ""),
        ("This post has been removed by the author.", ""),
        ("<i>This comment has been removed by the author.</i>", ""),
        (
            "Dieser Kommentar wurde vom Autor entfernt.",
            "<gd:extendedProperty name='blogger.contentRemoved' value='true'/>",
        ),
    ],
)
def test_a_removed_comment_is_a_tombstone(backup: Read, content: str, parts: str) -> None:
    comment = only_comment(backup(backup_entry(1), backup_comment(2, 1, parts, content=content)))
    assert (comment.status, comment.content, comment.name) == (CommentStatus.REMOVED, "", None)
    assert comment.changes == ()


def test_a_comment_that_quotes_the_removal_notice_is_kept(backup: Read) -> None:
    words = "This comment has been removed by the author. Why?"
    assert only_comment(backup(backup_entry(1), backup_comment(2, 1, content=words))).content == words


def test_only_an_account_in_takeout_is_an_author(backup: Read, takeout: Read) -> None:
    profile = "https://www.blogger.com/profile/1"
    said = {"author_name": "Ada", "author_uri": profile}
    entry = takeout_entry(1, author_uri=profile)
    account = only_comment(takeout(entry, takeout_comment(2, 1, author_type="BLOGGER", **said)))
    guest = only_comment(takeout(entry, takeout_comment(2, 1, author_type="ANONYMOUS", **said)))
    nobody = only_comment(takeout(entry, takeout_comment(2, 1, author_type="BLOGGER", author_name="Ada")))
    unknown = only_comment(backup(backup_entry(1), backup_comment(2, 1, name="Ada", uri=profile)))
    assert account.author_id == "www.blogger.com/profile/1"
    assert [each.author_id for each in (guest, nobody, unknown)] == [None, None, None]
    assert {each.name for each in (account, guest, nobody, unknown)} == {"Ada"}


def test_comments_that_cannot_be_imported_are_reported(backup: Read) -> None:
    items = backup(
        backup_entry(1),
        backup_comment(2, 9),
        backup_entry(3, "comment"),
        backup_comment(4, 1, id=""),
        backup_comment(5, 1, published="soon", name="Bo"),
    )
    assert comments_on(items) == {post_id(1): []}
    assert {(note.name, note.reason) for note in of_kind(Note, items)} == {
        (f"{post_id(2)} on {post_id(9)}", "its post is not in the file"),
        (f"{post_id(3)} by 'Guest'", "it does not say which post it is on"),
        (" by 'Guest'", "it has no id"),
        (f"{post_id(5)} by 'Bo'", "its date cannot be read: 'soon'"),
    }


def test_addresses_of_commenters_are_counted(backup: Read) -> None:
    items = backup(
        backup_entry(1),
        backup_comment(2, 1, email="guest@blog.example", uri="https://guest.example"),
        backup_comment(3, 1, uri="http://www.blogger.com/profile/5"),
    )
    kinds = {note.kind: note.reason.partition(" ")[0] for note in of_kind(Note, items)}
    assert kinds == {"email address": "1", "website": "1", "profile address": "1"}


def test_the_title_of_a_comment_is_in_its_content_or_reported(backup: Read) -> None:
    start = only_comment(
        backup(backup_entry(1), backup_comment(2, 1, content="Some more words", title="Some more..."))
    )
    other = only_comment(backup(backup_entry(1), backup_comment(2, 1, content="Words", title="A heading")))
    assert start.changes == ()
    assert other.changes == ("its title was left out: 'A heading'",)
