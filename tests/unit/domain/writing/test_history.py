"""Which states of a post are kept as revisions, and which are removed if there are too many."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.domain.ids import Id
from everpost.domain.posts import PostChange, PostStatus
from everpost.domain.writing.history import (
    GROUP,
    MAX_REVISIONS,
    Editing,
    KeptRevision,
    changes_history,
    revision_id,
    superfluous,
)

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=30)
@given(size=st.integers(0, MAX_REVISIONS + 30), share=st.floats(0, 1), chance=st.randoms())
def test_thinning_keeps_the_first_the_latest_and_publications(
    size: int, share: float, chance: Random
) -> None:
    minutes = sorted(chance.randrange(1_000_000) for _ in range(size))
    revisions = [
        KeptRevision(
            number=number,
            saved_at=MOMENT + timedelta(minutes=minute),
            is_published=chance.random() < share,
        )
        for number, minute in enumerate(minutes, 1)
    ]
    removed = set(superfluous(revisions, MOMENT + timedelta(minutes=1_000_000)))
    assert len(removed) == max(0, len(revisions) - MAX_REVISIONS + 1)
    assert not removed & {1, len(revisions)}
    inner = revisions[1:-1]
    drafts = {each.number for each in inner if not each.is_published}
    assert drafts <= removed or not removed - drafts  # drafts go first


def test_old_states_are_thinned_before_recent_ones() -> None:
    """A blog that is saved once an hour keeps every hour of the last days, and ever fewer before."""
    kept: list[KeptRevision] = []
    hours = 2_000
    for number in range(1, hours + 1):
        moment = MOMENT + timedelta(hours=number)
        kept.append(KeptRevision(number=number, saved_at=moment, is_published=False))
        removed = superfluous(kept, moment)
        kept = [each for each in kept if each.number not in removed]
    numbers = [each.number for each in kept]
    assert len(numbers) == MAX_REVISIONS - 1
    assert numbers[-20:] == [*range(hours - 19, hours + 1)]
    gaps = [later - earlier for earlier, later in pairwise(numbers)]
    assert max(gaps[-50:]) < max(gaps[:50])


def test_a_state_is_kept_unless_its_user_continues_the_group() -> None:
    ann, otto = Id("a" * 24), Id("b" * 24)
    editing = Editing(status=PostStatus.DRAFT, revision_number=7, edited_by_id=ann, edit_began_at=MOMENT)
    late = MOMENT + GROUP - timedelta(milliseconds=1)
    cases = [
        (PostChange(updated_at=late, title="t", editor_id=ann), 7),
        (PostChange(updated_at=MOMENT + GROUP, title="t", editor_id=ann), 8),
        (PostChange(updated_at=late, title="t", editor_id=otto), 8),
        (PostChange(updated_at=late, title="t"), 8),
        (PostChange(updated_at=late, title="t", editor_id=ann, begins_revision=True), 8),
    ]
    assert [editing.after(change).revision_number for change, _ in cases] == [number for _, number in cases]
    published = editing.after(PostChange(updated_at=late, status=PostStatus.PUBLISHED, editor_id=ann))
    assert (published.revision_number, published.edit_began_at) == (7, None)
    assert published.after(cases[0][0]).revision_number == 8


def test_which_changes_concern_the_history() -> None:
    def concerns(**fields: Any) -> bool:  # noqa: ANN401 - fields of a change
        return changes_history(PostChange(updated_at=MOMENT, **fields))

    text: list[dict[str, Any]] = [{"title": "t"}, {"content": ""}, {"summary": ""}, {"tags": ()}]
    for fields in [*text, {"cover": ""}, {"author_id": "a" * 24}, {"status": PostStatus.PUBLISHED}]:
        assert concerns(**fields)
    others: list[dict[str, Any]] = [{"slug": "s"}, {"paths": ()}, {"status": PostStatus.DRAFT}]
    for fields in [*others, {"publication_date": MOMENT}]:
        assert not concerns(**fields)


def test_keys_sort_by_post_and_number() -> None:
    posts = [Id("0" * 24), Id("0" * 23 + "a"), Id("f" * 24)]
    keys = [revision_id(post, number) for post in posts for number in (1, 9, 10, 255, 256, 2**31 - 1)]
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {32}
