"""Threads built from the comments of other systems."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.transfer.importers.model import SourceComment
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.pipeline.threads import ImportedComment, ThreadBuilder

MOMENT = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
POST = Id("0" * 24)
ADA = Author(id=Id("a" * 24), name="Ada")
PENDING, APPROVED, REMOVED = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.REMOVED


def a_comment(
    id: str,
    parent: str | None = None,
    *,
    content: str = "Words",
    status: CommentStatus = APPROVED,
    name: str | None = None,
    author_id: str | None = None,
) -> SourceComment:
    return SourceComment(
        source_id=id,
        content=content,
        publication_date=MOMENT,
        status=status,
        parent_id=parent,
        name=name,
        author_id=author_id,
    )


def build_thread(*comments: SourceComment) -> tuple[dict[str, ImportedComment], list[tuple[str, str]]]:
    """The comments that are kept, by their id in the source, and those that are dropped."""
    dropped: list[tuple[str, str]] = []
    builder = ThreadBuilder(SourceSite("wordpress", ""), {"ada": ADA})
    thread = builder.build(POST, comments, lambda each, reason: dropped.append((each.source_id, reason)))
    return {each.source_id: each for each in thread}, dropped


def shape(kept: dict[str, ImportedComment]) -> dict[str, tuple[str | None, int, int]]:
    """Parent, depth and number of shown replies of each comment."""
    names = {each.comment.id: name for name, each in kept.items()}
    return {
        name: (
            None if each.comment.parent_id is None else names[each.comment.parent_id],
            each.comment.depth,
            each.comment.reply_count,
        )
        for name, each in kept.items()
    }


def test_a_reply_may_come_before_its_parent() -> None:
    kept, _ = build_thread(a_comment("3", "2"), a_comment("2", "1"), a_comment("1"), a_comment("4", "1"))
    assert shape(kept) == {"1": (None, 0, 2), "2": ("1", 1, 1), "3": ("2", 2, 0), "4": ("1", 1, 0)}


def test_only_shown_replies_count() -> None:
    kept, _ = build_thread(a_comment("1"), a_comment("2", "1", status=PENDING), a_comment("3", "1"))
    assert shape(kept)["1"] == (None, 0, 1)


def test_an_unapproved_comment_with_shown_replies_is_a_tombstone() -> None:
    kept, _ = build_thread(a_comment("1"), a_comment("2", "1", status=REMOVED), a_comment("3", "2"))
    assert shape(kept) == {"1": (None, 0, 1), "2": ("1", 1, 1), "3": ("2", 2, 0)}
    assert kept["2"].comment.is_shown


def test_a_reply_to_a_missing_comment_is_moved_to_the_post() -> None:
    kept, dropped = build_thread(a_comment("1", "9"))
    assert shape(kept) == {"1": (None, 0, 0)}
    assert (
        str(kept["1"].changes) == "the comment it replied to is missing, so it is now a comment on the post"
    )
    assert dropped == []


def test_a_loop_of_replies_is_broken_once() -> None:
    kept, _ = build_thread(a_comment("1", "3"), a_comment("2", "1"), a_comment("3", "2"), a_comment("4", "4"))
    assert sum(parent is None for parent, _, _ in shape(kept).values()) == 2
    assert sum(bool(each.changes) for each in kept.values()) == 2


def test_an_empty_comment_is_dropped() -> None:
    kept, dropped = build_thread(a_comment("1", content=" \n\x00"), a_comment("2", "1", content=""))
    assert kept == {}
    assert dropped == [("2", "it is empty"), ("1", "it is empty")]


def test_an_empty_comment_with_replies_becomes_a_tombstone() -> None:
    kept, dropped = build_thread(a_comment("1", content="", name="Bob"), a_comment("2", "1"))
    first = kept["1"].comment
    assert (first.status, first.content, first.guest_name, first.reply_count) == (REMOVED, "", None, 1)
    assert str(kept["1"].changes) == "it is empty: a tombstone keeps its replies in place"
    assert dropped == []


def test_a_comment_is_by_an_author_or_a_guest() -> None:
    kept, _ = build_thread(
        a_comment("1", author_id="ada", name="A."), a_comment("2", author_id="bob", name=" B ")
    )
    assert (kept["1"].comment.author, kept["1"].comment.guest_name) == (ADA, None)
    assert (kept["2"].comment.author, kept["2"].comment.guest_name) == (None, "B")


def test_long_contents_and_names_are_cut() -> None:
    kept, _ = build_thread(a_comment("1", content="a" * 20_001, name="b" * 101))
    assert kept["1"].comment.content == "a" * 20_000
    assert kept["1"].comment.guest_name == "b" * 100
    assert str(kept["1"].changes) == (
        "the content was cut after 20,000 characters; the name was cut after 100 characters"
    )


def test_a_thread_as_deep_as_it_is_long_is_read() -> None:
    comments = [a_comment(str(number), str(number - 1) if number else None) for number in range(20_000)]
    kept, _ = build_thread(*comments)
    assert kept["19999"].comment.depth == 19_999


@given(
    parents=st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=10),
    empty=st.sets(st.integers(0, 9)),
    minutes=st.lists(st.integers(0, 3), min_size=10, max_size=10),
)
def test_every_thread_becomes_consistent(
    parents: Sequence[int | None], empty: set[int], minutes: Sequence[int]
) -> None:
    comments = [
        replace(
            a_comment(str(number), None if parent is None else str(parent)),
            content="" if number in empty else "Words",
            publication_date=MOMENT + timedelta(minutes=minutes[number]),
        )
        for number, parent in enumerate(parents)
    ]
    kept, dropped = build_thread(*comments)
    assert len(kept) + len(dropped) == len(parents)
    above: set[Id] = set()
    for each in kept.values():
        assert each.comment.parent_id is None or each.comment.parent_id in above
        above.add(each.comment.id)
        shown = [other.comment for other in kept.values() if other.comment.parent_id == each.comment.id]
        assert each.comment.reply_count == sum(reply.is_shown for reply in shown)
        assert each.comment.content or shown
