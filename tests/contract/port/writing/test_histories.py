"""Saving a post keeps the states that it replaces: which ones, how many, and by whom."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostChange, PostFormat, PostStatus
from everpost.domain.records import Batch
from everpost.domain.writing.history import GROUP, MAX_REVISIONS, PostRevision
from everpost.errors import NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import MOMENT, a_post, publish, register
from tests.contract.refusals import raises

SOON = MOMENT + GROUP - timedelta(milliseconds=1)
"""The last moment at which a change continues a group that began at `MOMENT`."""


async def begin(store: Store, user: User, **fields: object) -> Post:
    """A draft, whose group of edits this user began at `MOMENT`."""
    started = {"status": PostStatus.DRAFT, "edited_by_id": user.id, "edit_began_at": MOMENT}
    return await publish(store, title="First", **{**started, **fields})  # type: ignore[arg-type]


async def save(store: Store, post: Post, user: User | None, at: datetime, **fields: object) -> None:
    editor_id = None if user is None else user.id
    change = PostChange(updated_at=at, editor_id=editor_id, **fields)  # type: ignore[arg-type]
    await store.posts.save(post.id, change, match=None, comments=0)


async def past(store: Store, post: Post) -> Sequence[tuple[int, str]]:
    page = await store.revisions.page(post.id, limit=MAX_REVISIONS)
    assert not page.has_more
    return [(each.number, each.title) for each in page.rows]


async def test_edits_by_one_user_within_ten_minutes_are_a_group(store: Store) -> None:
    ada = await register(store)
    post = await begin(store, ada)
    await save(store, post, ada, MOMENT, title="Second")
    await save(store, post, ada, SOON, title="Third")
    assert await past(store, post) == []
    await save(store, post, ada, MOMENT + GROUP, title="Fourth")
    assert await past(store, post) == [(1, "Third")]
    assert (await store.revisions.current(post.id)).number == 2


@pytest.mark.parametrize("case", ["another user", "an unknown user", "a revision", "an earlier time"])
async def test_other_changes_begin_a_group(store: Store, case: str) -> None:
    ada, bob = await register(store), await register(store)
    post = await begin(store, ada)
    editor = {"another user": bob, "an unknown user": None}.get(case, ada)
    at = MOMENT - timedelta(milliseconds=1) if case == "an earlier time" else SOON
    await save(store, post, editor, at, title="Second", begins_revision=case == "a revision")
    assert await past(store, post) == [(1, "First")]
    current = await store.revisions.current(post.id)
    assert (current.number, current.edited_by_id) == (2, None if editor is None else editor.id)


async def test_a_publication_ends_its_group(store: Store) -> None:
    ada = await register(store)
    post = await begin(store, ada)
    await save(store, post, ada, MOMENT, title="Second", status=PostStatus.PUBLISHED)
    assert await past(store, post) == []
    await save(store, post, ada, MOMENT, title="Third")
    assert await past(store, post) == [(1, "Second")]
    await save(
        store, post, ada, MOMENT, title="Fourth", status=PostStatus.PUBLISHED
    )  # it is published already
    assert await past(store, post) == [(1, "Second")]
    assert (await store.revisions.get(post.id, 1)).is_published


async def test_a_change_without_a_new_text_keeps_no_revision(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await begin(store, ada, summary="Short", tags=("a", "b"), author=ada.author)
    same = {"content": post.content, "summary": "Short", "tags": ("a", "b"), "cover": "", "author_id": ada.id}
    await save(store, post, bob, MOMENT + GROUP, title="First", format=post.format, **same)
    await save(store, post, None, MOMENT + GROUP, title="First", status=PostStatus.PUBLISHED)
    assert await past(store, post) == []
    current = await store.revisions.current(post.id)
    assert (current.number, current.edited_by_id, current.is_published) == (1, ada.id, True)
    await save(store, post, ada, MOMENT, title="first")
    assert await past(store, post) == [(1, "First")]


async def test_other_fields_have_no_history(store: Store) -> None:
    ada = await register(store)
    post = await begin(store, ada)
    await save(store, post, None, MOMENT + GROUP, slug="moved", comment_policy="inherit")
    await save(store, post, None, MOMENT + GROUP, status=PostStatus.DRAFT)
    assert await past(store, post) == []


async def test_a_revision_is_what_the_post_was(store: Store) -> None:
    ada, bob = await register(store, name="Ada"), await register(store, name="Bob")
    fields = {
        "content": "\U0001f600 'é\\",
        "summary": "Short.",
        "tags": ("b", "a"),
        "format": PostFormat.HTML,
        "cover": "https://pictures.example/a.jpg",
        "author": ada.author,
    }
    post = await begin(store, bob, **fields)
    await save(
        store, post, ada, SOON,
        title="t", content="c", summary="", tags=(), format=PostFormat.MARKDOWN, cover="", author_id=bob.id,
    )  # fmt: skip
    del fields["author"]
    revision = PostRevision(
        post_id=post.id, number=1, title="First", saved_at=MOMENT, author_id=ada.id, edited_by_id=bob.id,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    found = await store.revisions.get(post.id, 1)
    assert found == revision
    assert found.author == ada.author
    assert found.edited_by == bob.author
    (listed,) = (await store.revisions.page(post.id, limit=10)).rows
    assert (listed.content, listed.tags, listed.edited_by) == ("", ("b", "a"), bob.author)
    current = await store.revisions.current(post.id)
    assert (current.number, current.title, current.content, current.tags) == (2, "t", "c", ())


async def test_a_refused_change_keeps_nothing(store: Store) -> None:
    ada = await register(store)
    post = await begin(store, ada)
    change = PostChange(updated_at=SOON, title="Second")
    with raises(Stale, "post"):
        await store.posts.save(post.id, change, match=frozenset(), comments=0)
    assert await past(store, post) == []


async def test_changes_at_once_keep_each_replaced_state_once(store: Store) -> None:
    people = [await register(store) for _ in range(3)]
    post = await begin(store, people[0])
    saves = [
        save(store, post, who, SOON, title=f"{n} {turn}") for turn in range(5) for n, who in enumerate(people)
    ]
    await asyncio.gather(*saves)
    current = await store.revisions.current(post.id)
    rows = [current, *(await store.revisions.page(post.id, limit=MAX_REVISIONS)).rows]
    assert [row.number for row in rows] == [*range(len(rows), 0, -1)]
    assert all(later.edited_by_id != earlier.edited_by_id for later, earlier in pairwise(rows))
    assert len({row.title for row in rows}) == len(rows)


async def test_the_oldest_revisions_are_thinned_out(store: Store) -> None:
    ada = await register(store)
    post = a_post(status=PostStatus.DRAFT, revision_number=MAX_REVISIONS)
    revisions = [
        PostRevision(
            post_id=post.id,
            number=number,
            title=f"Title {number}",
            content="",
            format=PostFormat.MARKDOWN,
            is_published=number % 2 == 0,
            saved_at=MOMENT + timedelta(hours=number),
        )
        for number in range(1, MAX_REVISIONS)
    ]
    await store.records.write(Batch(kept=[post, *revisions]))
    assert len(await past(store, post)) == MAX_REVISIONS - 1
    for turn in range(3):
        later = MOMENT + timedelta(hours=MAX_REVISIONS + turn)
        await save(store, post, ada, later, title=f"Later {turn}")
        kept = [number for number, _ in await past(store, post)]
        assert len(kept) == MAX_REVISIONS - 1
        newest = MAX_REVISIONS + turn
        assert (kept[0], kept[-1]) == (newest, 1)
        assert set(range(2, MAX_REVISIONS, 2)) <= set(kept)


async def test_revisions_are_removed_with_their_post(store: Store) -> None:
    ada = await register(store)
    post = await begin(store, ada)
    await save(store, post, None, SOON, title="Second")
    await store.posts.remove(post.id, match=None)
    with raises(NotFound, "post"):
        await store.revisions.current(post.id)
    assert await past(store, post) == []
    again = await publish(store, id=post.id)
    await save(store, again, None, SOON, title="Anew")
    assert await past(store, again) == [(1, "Title")]


async def test_a_removed_user_is_named_no_more(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await begin(store, ada, author=ada.author)
    await save(store, post, bob, SOON, title="Second", author_id=bob.id)
    await store.users.remove(ada.id, heir_id=None, match=None)
    found = await store.revisions.get(post.id, 1)
    assert (found.author, found.edited_by) == (None, None)
    assert (await store.revisions.current(post.id)).edited_by == bob.author


async def test_pages_go_from_the_latest_to_the_first(store: Store) -> None:
    post = await publish(store, title="1")
    for number in range(2, 6):
        await save(store, post, None, SOON, title=str(number))
    first = await store.revisions.page(post.id, limit=3)
    second = await store.revisions.page(post.id, limit=3, before=first.rows[-1].number)
    assert [each.number for each in (*first.rows, *second.rows)] == [4, 3, 2, 1]
    assert (first.has_more, second.has_more) == (True, False)
    assert (await store.revisions.page(Id("f" * 24), limit=1)).rows == ()
