"""After any sequence of changes, a thread equals a model of it in plain Python."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, CommentFields, a_comment, publish, register
from tests.contract.port.mirrored import MirroredThread
from tests.volume import examples


class Kind(StrEnum):
    """The kinds of changes to a thread."""

    ADD = "add"
    ANSWER = "answer"
    EDIT = "edit"
    DECIDE = "decide"
    REMOVE = "remove"


steps = st.tuples(
    st.sampled_from(Kind),
    st.integers(0, 30),
    st.sampled_from(CommentStatus),
    st.integers(0, 3).map(lambda number: MOMENT + timedelta(milliseconds=number)),
)
"""What is done, to which of the comments, with which status, at which moment."""


Deed = tuple[Kind, int, CommentStatus, datetime]


async def a_thread(store: Store) -> MirroredThread:
    """A thread on a post and by an author of its own, so that examples do not depend on each other."""
    author = (await register(store)).author
    return MirroredThread(store, await publish(store, author=author))


async def add_others(thread: MirroredThread, moment: datetime, count: int) -> list[Id]:
    others = [a_comment(thread.post.id, publication_date=moment) for _ in range(count)]
    await thread.load(others)
    return [comment.id for comment in others]


async def play(thread: MirroredThread, deeds: Sequence[Deed], *, others: Collection[Id] = ()) -> None:
    """Apply the steps to the thread, leaving other comments in it unchanged."""
    for number, deed in enumerate(deeds):
        comments = [each for each in thread.comments().values() if each.id not in others]
        await do(thread, deed, comments, content=str(number))


async def do(thread: MirroredThread, deed: Deed, comments: Sequence[Comment], *, content: str) -> None:
    kind, which, status, moment = deed
    answerable = [comment for comment in comments if comment.status is CommentStatus.APPROVED]
    # Reversed, ids come in another order than the comments.
    fields = CommentFields(id=Id(new_id()[::-1]), content=content, status=status, publication_date=moment)
    match kind:
        case Kind.ANSWER if answerable:
            fields["parent_id"] = answerable[which % len(answerable)].id
            await thread.add(**fields)
        case Kind.EDIT if comments:
            change = CommentChange(updated_at=moment, content=content)
            await thread.save(comments[which % len(comments)].id, change)
        case Kind.DECIDE if comments:
            change = CommentChange(updated_at=moment, status=status)
            await thread.save(comments[which % len(comments)].id, change)
        case Kind.REMOVE if comments:
            await thread.remove(comments[which % len(comments)].id)
        case _:
            await thread.add(**fields)


@settings(max_examples=examples(25))
@given(deeds=st.lists(steps, min_size=5, max_size=25))
async def test_a_thread_matches_a_mirror_after_random_changes(store: Store, deeds: list[Deed]) -> None:
    thread = await a_thread(store)
    await play(thread, deeds)
    await thread.assert_same()


@settings(max_examples=examples(2))
@given(deeds=st.lists(steps, min_size=10, max_size=30), later_deeds=st.lists(steps, min_size=10, max_size=30))
async def test_a_long_thread_matches_a_mirror_after_random_changes(
    store: Store, deeds: list[Deed], later_deeds: list[Deed]
) -> None:
    """In MongoDB, the post's preview holds only a part of the thread."""
    thread = await a_thread(store)
    others = await add_others(thread, MOMENT - timedelta(milliseconds=1), 100)
    await play(thread, deeds, others=others)
    busy = set(thread.comments()) - set(others)
    others += await add_others(thread, LATER, 60)
    await play(thread, later_deeds, others=others)
    await thread.assert_same(one_by_one=busy | (set(thread.comments()) - set(others)))
