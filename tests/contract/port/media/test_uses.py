"""The files that posts use."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from everpost.domain.clock import LATEST, now
from everpost.domain.media.files import MediaFile, MediaQuery, MediaUse
from everpost.domain.posts import PostChange, PostStatus
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import InUse
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    a_comment,
    a_post,
    numbered,
    publish,
    register,
)
from tests.contract.port.media.examples import a_file, digest_of, upload
from tests.contract.port.writing.typed import typing
from tests.contract.refusals import attempt, raises


def embed(*files: MediaFile) -> str:
    """A text that shows these files."""
    return "Text " + " ".join(f"![]({file.path})" for file in files)


async def uses_of(store: Store, file: MediaFile) -> list[MediaUse]:
    return [*await store.media.uses(file.id, limit=10)]


async def unused_since(store: Store, file: MediaFile) -> datetime | None:
    """Since when no post has used the file."""
    rows = (await store.media.page(MediaQuery(limit=10))).rows
    ((_, since),) = [row for row in rows if row[0].id == file.id]
    return since


async def test_a_new_post_uses_the_files_that_it_links_to(store: Store) -> None:
    shown, cover, both, other = [await upload(store, name) for name in ("shown", "cover", "both", "other")]
    text = f"{embed(shown, shown, both)} and /media/{digest_of('unknown')}/x.png"
    post = await publish(store, content=text, cover=cover.path)
    second = await publish(store, id=numbered(1), title="Second", content=both.path, cover=both.path)
    use = MediaUse(post_id=post.id, title=post.title, slug=post.slug)
    assert await uses_of(store, shown) == [use]
    assert await uses_of(store, cover) == [use]
    assert await uses_of(store, both) == [MediaUse(post_id=second.id, title="Second", slug=second.slug), use]
    assert await store.media.uses(both.id, limit=1) == [
        MediaUse(post_id=second.id, title="Second", slug=second.slug)
    ]
    assert await uses_of(store, other) == []
    assert [await unused_since(store, each) is None for each in (shown, cover, both, other)] == [
        True,
        True,
        True,
        False,
    ]


async def test_every_way_to_add_a_post_records_its_files(store: Store) -> None:
    author, file = await register(store), await upload(store)
    plain = {"content": embed(file)}
    tagged = await publish(store, tags=("a", "b"), content=embed(file))
    with_path = await publish(store, paths=("/old",), content=embed(file))
    post = a_post(content=plain["content"])
    with_thread = await store.posts.add(post, thread=[a_comment(post.id)])
    post = a_post(content=embed(file), author=author.author)
    state = await store.working_copies.add(typing(author, post.id))
    with_copy = await store.posts.add(post, saved_copy=SavedCopy(author.id, state.revision))
    taken = a_post(content=embed(file), slug=tagged.slug)
    numbered_one = await store.posts.add(taken, numbered=True)
    posts = [tagged, with_path, with_thread, with_copy, numbered_one]
    assert [use.post_id for use in await uses_of(store, file)] == sorted(each.id for each in posts)


async def test_a_changed_post_uses_other_files(store: Store) -> None:
    one, two, cover = [await upload(store, name) for name in ("one", "two", "cover")]
    post = await publish(store, content=embed(one), cover=cover.path)

    async def used_after(**fields: str) -> list[MediaFile]:
        change = PostChange(updated_at=LATER, **fields)  # type: ignore[arg-type]
        await store.posts.save(post.id, change, match=None, comments=0)
        return [file for file in (one, two, cover) if await uses_of(store, file)]

    assert await used_after(title="Other") == [one, cover]
    assert await used_after(content=embed(two, one)) == [one, two, cover]
    assert await used_after(content=embed(two)) == [two, cover]
    assert await used_after(cover="") == [two]
    assert await used_after(cover=two.path) == [two]
    assert await used_after(content="Text") == [two]
    assert await used_after(cover="https://blog.example" + one.path) == [one]
    assert await used_after(content=embed(two), cover="") == [two]
    assert await used_after(content=embed(two), slug="other") == [two]
    assert await used_after(content="None", slug="another") == []


async def test_a_file_that_is_uploaded_later_is_used_from_the_next_change_of_the_text(store: Store) -> None:
    post = await publish(store, content=embed(a_file()))
    file = await upload(store)
    await store.posts.save(post.id, PostChange(updated_at=LATER, title="New"), match=None, comments=0)
    assert await uses_of(store, file) == []
    change = PostChange(updated_at=LATER, content=post.content)
    await store.posts.save(post.id, change, match=None, comments=0)
    assert [use.post_id for use in await uses_of(store, file)] == [post.id]


async def test_concurrent_changes_of_a_post_leave_the_files_of_the_last(store: Store) -> None:
    files = [await upload(store, str(number)) for number in range(4)]
    post = await publish(store)
    changes = [PostChange(updated_at=LATER, content=embed(file)) for file in files]
    changes += [PostChange(updated_at=LATER, cover=file.path) for file in files]
    await asyncio.gather(*(store.posts.save(post.id, change, match=None, comments=0) for change in changes))
    last = await store.posts.get(post.id, comments=0)
    used = {file.path for file in files if await uses_of(store, file)}
    assert used == {last.cover, *(file.path for file in files if file.path in last.content)}


async def test_a_file_in_use_cannot_be_removed(store: Store) -> None:
    file = await upload(store)
    post = await publish(store, content=embed(file))
    trashed = replace(a_post(cover=file.path), status=PostStatus.TRASHED, former_status=PostStatus.DRAFT)
    trashed = await store.posts.add(trashed)
    for each in (post, trashed):
        with raises(InUse, noun="file", field="uses"):
            await store.media.remove(file.id, match=frozenset({file.revision}))
        assert await store.media.remove_unused(now(), limit=10) == []
        await store.posts.remove(each.id, match=None)
    await store.media.remove(file.id, match=None)


async def test_a_file_is_unused_since_the_last_post_ceased_to_use_it(store: Store) -> None:
    file = await upload(store)
    first, second = [await publish(store, content=embed(file)) for _ in range(2)]
    assert await unused_since(store, file) is None
    await store.posts.save(first.id, PostChange(updated_at=LATER, content="None"), match=None, comments=0)
    assert await unused_since(store, file) is None
    released = now()
    assert await store.media.remove_unused(released, limit=10) == []
    await store.posts.remove(second.id, match=None)
    since = await unused_since(store, file)
    assert since is not None
    assert released <= since <= now()
    assert await store.media.remove_unused(since - timedelta(milliseconds=1), limit=10) == []
    assert await store.media.remove_unused(since, limit=10) == [file.digest]


async def test_pages_have_used_or_unused_files(store: Store) -> None:
    used, unused = [await upload(store, name) for name in ("used", "unused")]
    await publish(store, content=embed(used), cover=used.path)

    async def page(*, are_unused: bool | None) -> list[MediaFile]:
        page = await store.media.page(MediaQuery(limit=10, unused=are_unused))
        return [file for file, _ in page.rows]

    assert await page(are_unused=True) == [unused]
    assert await page(are_unused=False) == [used]
    assert len(await page(are_unused=None)) == 2


@pytest.mark.parametrize(
    ("status", "moment", "is_public"),
    [
        (PostStatus.PUBLISHED, MOMENT, True),
        (PostStatus.PUBLISHED, MOMENT - timedelta(milliseconds=1), False),
        (PostStatus.PUBLISHED, LATEST, True),
        (PostStatus.DRAFT, LATEST, False),
    ],
)
async def test_a_file_is_public_while_a_public_post_uses_it(
    store: Store, status: PostStatus, moment: datetime, is_public: bool
) -> None:
    file = await upload(store)
    post = await publish(store, content=embed(file), status=status, publication_date=MOMENT)
    assert await store.media.is_public(file.digest, moment) is is_public
    await store.posts.remove(post.id, match=None)
    assert not await store.media.is_public(file.digest, moment)


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_post_begins_to_use_a_file_while_it_is_removed(store: Store, is_new: bool) -> None:
    """Either the post uses the file, or the file is gone."""
    for number in range(5):
        file = await upload(store, str(number))
        post = a_post(content=embed(file)) if is_new else await publish(store)
        change = PostChange(updated_at=LATER, content=embed(file))
        writing = (
            store.posts.add(post) if is_new else store.posts.save(post.id, change, match=None, comments=0)
        )
        removed, written = await asyncio.gather(
            attempt(store.media.remove(file.id, match=None)), attempt(writing)
        )
        assert written == "done"
        used = [use.post_id for use in await uses_of(store, file)]
        is_there = bool(await store.media.find([file.digest]))
        assert (removed, used, is_there) in [
            ("done", [], False),
            ("InUse file uses", [post.id], True),
        ]


async def test_posts_cease_and_begin_to_use_a_file_at_the_same_time(store: Store) -> None:
    file = await upload(store)
    plain = PostChange(updated_at=LATER, content="None")
    for begins in (False, True):
        one, two, three = [await publish(store, content=embed(file)) for _ in range(3)]
        other = await publish(store)
        writing: list[Awaitable[object]] = [
            store.posts.save(one.id, plain, match=None, comments=0),
            store.posts.save(two.id, plain, match=None, comments=0),
            store.posts.remove(three.id, match=None),
        ]
        if begins:
            change = PostChange(updated_at=LATER, content=embed(file))
            writing.append(store.posts.save(other.id, change, match=None, comments=0))
        await asyncio.gather(*writing)
        assert [use.post_id for use in await uses_of(store, file)] == [other.id] * begins
        assert (await unused_since(store, file) is None) is begins
        await store.posts.save(other.id, plain, match=None, comments=0)
        assert await unused_since(store, file) is not None
