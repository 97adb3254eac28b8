"""Working copies: what is typed is kept until it is saved or discarded, and nobody overwrites it unseen."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from everpost.domain.ids import new_id
from everpost.domain.writing.working_copies import (
    PostText,
    WorkingCopy,
    max_typed,
)
from everpost.errors import NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.blog.values import PLANES
from tests.contract.port.examples import LATER, MOMENT, publish, read_post, register
from tests.contract.port.writing.typed import BASE, TYPED, WRONG, only, posts_of_copies, read, typing
from tests.contract.refusals import attempt, raises


async def test_what_was_typed_is_read_back_byte_for_byte(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    text = PostText(content="a\r\nb\rc\n\n", title=PLANES, slug="", paths="\n/x \n", summary="'\"\\%s{}")
    state = await store.working_copies.add(typing(ada, post_id, text, base=BASE))
    found = await store.working_copies.get(ada.id, post_id)
    assert found.copy == WorkingCopy(
        user_id=ada.id, post_id=post_id, text=text, base=BASE, updated_at=MOMENT, version=1
    )
    assert found.copy.revision == state.revision
    assert found.post is None


async def test_the_longest_text_is_kept_with_the_longest_base(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    text = PostText(**{name: "\U0001f600" * max_typed(name) for name in PostText.NAMES})
    await store.working_copies.add(typing(ada, post_id, text, base=replace(BASE, text=text)))
    found = await read(store, ada, post_id)
    assert found.text == text
    assert found.base == replace(BASE, text=text)


async def test_saving_a_working_copy_makes_no_version_of_the_post(store: Store) -> None:
    ada = await register(store)
    post = await publish(store, author=ada.author)
    state = await store.working_copies.add(typing(ada, post.id))
    await store.working_copies.save(typing(ada, post.id), match=only(state))
    assert await read_post(store, post.id) == post
    assert (await read_post(store, post.id)).revision == post.revision


async def test_each_save_makes_a_new_revision_of_the_working_copy(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    first = await store.working_copies.add(typing(ada, post_id))
    text = replace(TYPED, title="A title")
    second = await store.working_copies.save(typing(ada, post_id, text), match=only(first))
    assert (second.revision.version, second.title) == (2, "A title")
    assert (await read(store, ada, post_id)).revision == second.revision
    third = await store.working_copies.save(typing(ada, post_id, PostText()), match=None)
    assert (third.revision.version, third.title) == (3, None)
    assert (await read(store, ada, post_id)).text == PostText()


async def test_of_two_tabs_the_one_that_read_an_old_state_is_refused(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    state = await store.working_copies.add(typing(ada, post_id))
    theirs = typing(ada, post_id, PostText(title="From one tab"))
    await store.working_copies.save(replace(theirs, updated_at=LATER), match=only(state))
    with raises(Stale, "working copy", match="2024-02-29T12:30:15Z"):
        await store.working_copies.save(typing(ada, post_id, PostText(title="Other")), match=only(state))
    with raises(Stale, "working copy"):
        await store.working_copies.add(typing(ada, post_id, PostText(title="Other")))
    assert (await read(store, ada, post_id)).text == theirs.text


async def test_of_many_tabs_that_save_at_once_one_succeeds(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    added = await asyncio.gather(*(attempt(store.working_copies.add(typing(ada, post_id))) for _ in range(5)))
    assert sorted(added) == ["Stale working copy"] * 4 + ["done"]
    match = frozenset({(await read(store, ada, post_id)).revision})
    texts = [PostText(title=str(number)) for number in range(5)]
    saved = await asyncio.gather(
        *(attempt(store.working_copies.save(typing(ada, post_id, text), match=match)) for text in texts)
    )
    assert sorted(saved) == ["Stale working copy"] * 4 + ["done"]
    assert (await read(store, ada, post_id)).text == texts[saved.index("done")]


async def test_a_working_copy_that_does_not_exist_is_not_saved(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    for match in (None, WRONG):
        with raises(NotFound, "working copy"):
            await store.working_copies.save(typing(ada, post_id), match=match)
    with raises(NotFound, "working copy"):
        await store.working_copies.get(ada.id, post_id)


async def test_two_users_have_working_copies_of_the_same_post(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    await store.working_copies.add(typing(ada, post.id, PostText(title="Ada's")))
    await store.working_copies.add(typing(bob, post.id, PostText(title="Bob's")))
    assert (await read(store, ada, post.id)).text.title == "Ada's"
    assert (await read(store, bob, post.id)).text.title == "Bob's"
    await store.working_copies.remove(ada.id, post.id, match=None)
    assert await posts_of_copies(store, ada) == []
    assert await posts_of_copies(store, bob) == [post.id]


async def test_the_base_stays_until_another_one_is_given(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    await store.working_copies.add(typing(ada, post_id, base=BASE))
    kept = await store.working_copies.save(typing(ada, post_id, keeps_base=True), match=None)
    assert kept.base_updated_at == BASE.updated_at
    assert (await read(store, ada, post_id)).base == BASE
    other = replace(BASE, updated_at=LATER, text=PostText(content="Theirs"))
    assert (
        await store.working_copies.save(typing(ada, post_id, base=other), match=None)
    ).base_updated_at == LATER
    assert (await read(store, ada, post_id)).base == other
    removed = await store.working_copies.save(typing(ada, post_id), match=None)
    assert removed.base_updated_at is None
    assert (await read(store, ada, post_id)).base is None


async def test_a_discarded_working_copy_is_gone(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    state = await store.working_copies.add(typing(ada, post_id))
    with raises(Stale, "working copy"):
        await store.working_copies.remove(ada.id, post_id, match=WRONG)
    await store.working_copies.remove(ada.id, post_id, match=only(state))
    for match in (None, only(state)):
        with raises(NotFound, "working copy"):
            await store.working_copies.remove(ada.id, post_id, match=match)
    again = await store.working_copies.add(typing(ada, post_id))
    assert again.revision != state.revision


async def test_working_copies_are_listed_latest_first(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    posts = [await publish(store, author=ada.author) for _ in range(3)]
    ids = [*(post.id for post in posts), new_id(), new_id()]
    moments = [MOMENT + timedelta(seconds=number // 2) for number in range(5)]
    for post_id, moment in zip(ids, moments, strict=True):
        await store.working_copies.add(replace(typing(ada, post_id), updated_at=moment))
        await store.working_copies.add(typing(bob, post_id))
    expected = [each for _, each in sorted(zip(moments, ids, strict=True), reverse=True)]
    for limit in (1, 2, 5, 100):
        assert await posts_of_copies(store, ada, limit=limit) == expected
