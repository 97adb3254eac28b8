"""The facts about uploaded files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.media.files import MediaChange, MediaFile, MediaQuery
from everpost.domain.media.types import MediaType
from everpost.domain.paging import Position
from everpost.domain.revisions import Revision
from everpost.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, a_user, register, spread
from tests.contract.port.media.examples import a_file, digest_of, upload
from tests.contract.refusals import raises


async def names_of(store: Store, query: MediaQuery) -> list[str]:
    return [file.name for file, _ in (await store.media.page(query)).rows]


async def test_a_file_is_read_as_it_was_added(store: Store) -> None:
    author = await register(store, name="Ann")
    file = a_file(
        alt="A \u00fcmlaut and an \U0001f600",
        focus_x=0,
        focus_y=100,
        type=MediaType.GIF,
        is_animated=True,
        author=author.author,
        size=20_000_000_000,
        updated_at=LATER,
    )
    added = await store.media.add(file)
    assert added == file
    assert added.stamp
    assert await store.media.get(file.id) == file
    assert (await store.media.get(file.id)).revision == added.revision
    plain = await upload(store, "plain", width=None, height=None, type=MediaType.PDF)
    assert await store.media.get(plain.id) == plain


async def test_an_unknown_file_is_not_found(store: Store) -> None:
    with raises(NotFound, noun="file"):
        await store.media.get(new_id())
    assert await store.media.find([digest_of("unknown")]) == {}
    assert await store.media.find([]) == {}
    assert await store.media.uses(new_id(), limit=10) == []
    assert not await store.media.is_public(digest_of("unknown"), now())


async def test_files_are_found_by_their_digests(store: Store) -> None:
    files = [await upload(store, str(number)) for number in range(3)]
    like_the_first = files[0].digest[:-1] + ("0" if files[0].digest[-1] != "0" else "1")
    many = [digest_of(f"unknown {number}") for number in range(200)]
    asked = [*many, *(file.digest for file in files[:2]), files[0].digest, like_the_first]
    assert await store.media.find(asked) == {file.digest: file for file in files[:2]}


async def test_a_file_is_added_once(store: Store) -> None:
    file = await upload(store, alt="The first")
    with raises(Conflict, noun="file", field="digest"):
        await upload(store, alt="The second")
    with raises(Conflict, noun="file", field="digest"):
        await upload(store, author=a_user().author)
    assert await store.media.get(file.id) == file


async def test_the_author_must_be_a_user(store: Store) -> None:
    with raises(Invalid, field="author_id"):
        await upload(store, author=a_user().author)
    assert await store.media.find([a_file().digest]) == {}


async def test_a_file_has_its_authors_name_until_the_user_is_removed(store: Store) -> None:
    author, heir = await register(store, name="Ann"), await register(store)
    file = await upload(store, author=author.author)
    assert file.author == author.author
    await store.users.remove(author.id, heir_id=heir.id, match=None)
    assert await store.media.get(file.id) == replace(file, author=None)
    with raises(Forbidden):
        await store.media.remove(file.id, match=None, owner_id=heir.id)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (MediaChange(updated_at=LATER, name="other.png"), {"name": "other.png"}),
        (MediaChange(updated_at=LATER, alt="A cat"), {"alt": "A cat"}),
        (MediaChange(updated_at=LATER, alt=""), {"alt": ""}),
        (MediaChange(updated_at=LATER, focus=(0, 99)), {"focus_x": 0, "focus_y": 99}),
        (MediaChange(updated_at=LATER, removes_focus=True), {"focus_x": None, "focus_y": None}),
        (MediaChange(updated_at=LATER), {}),
    ],
)
async def test_a_file_is_changed(store: Store, change: MediaChange, changed: dict[str, object]) -> None:
    author = await register(store)
    file = await upload(store, alt="A dog", focus_x=1, focus_y=2, author=author.author)
    saved = await store.media.save(file.id, change, match=frozenset({file.revision}), owner_id=author.id)
    assert saved == replace(file, updated_at=LATER, version=2, **changed)  # type: ignore[arg-type]
    assert saved.stamp != file.stamp
    assert await store.media.get(file.id) == saved


async def test_refusals_come_in_order(store: Store) -> None:
    author, other = await register(store), await register(store)
    file = await upload(store, author=author.author)
    stale = frozenset({Revision(file.version, file.stamp + 1)})
    change = MediaChange(updated_at=LATER, alt="New")
    with raises(NotFound, noun="file"):
        await store.media.save(new_id(), change, match=stale, owner_id=other.id)
    with raises(Forbidden):
        await store.media.save(file.id, change, match=stale, owner_id=other.id)
    with raises(Stale, noun="file"):
        await store.media.save(file.id, change, match=stale, owner_id=author.id)
    with raises(NotFound, noun="file"):
        await store.media.remove(new_id(), match=stale, owner_id=other.id)
    with raises(Forbidden):
        await store.media.remove(file.id, match=stale, owner_id=other.id)
    with raises(Stale, noun="file"):
        await store.media.remove(file.id, match=stale, owner_id=author.id)
    assert await store.media.get(file.id) == file
    await store.media.remove(file.id, match=frozenset({file.revision}), owner_id=author.id)
    with raises(NotFound, noun="file"):
        await store.media.get(file.id)


async def test_pages_are_newest_first(store: Store) -> None:
    files = [await upload(store, str(number), created_at=spread(number, over=3)) for number in range(7)]
    in_order = sorted(files, key=lambda file: file.position, reverse=True)
    read: list[MediaFile] = []
    after: Position | None = None
    while True:
        page = await store.media.page(MediaQuery(limit=2, after=after))
        read += [file for file, _ in page.rows]
        if not page.has_more:
            break
        after = read[-1].position
    assert read == in_order


async def test_an_added_file_is_unused_since_then(store: Store) -> None:
    began = now()
    await upload(store)
    ((_, unused_since),) = (await store.media.page(MediaQuery(limit=10))).rows
    assert unused_since is not None
    assert began <= unused_since <= now()


async def test_pages_have_files_of_some_types(store: Store) -> None:
    for type_ in (MediaType.PNG, MediaType.JPEG, MediaType.PDF):
        await upload(store, type_.value, name=f"a{type_.extension}", type=type_)
    of_two = MediaQuery(limit=10, types=(MediaType.PNG, MediaType.JPEG))
    assert {*await names_of(store, of_two)} == {"a.png", "a.jpg"}
    assert await names_of(store, MediaQuery(limit=10, types=(MediaType.PDF,))) == ["a.pdf"]
    assert await names_of(store, MediaQuery(limit=10, types=(MediaType.MP4,))) == []


@pytest.mark.parametrize("part", ["b-c", "b-c.", ".png", "a", "%", "_", "/", "\\", "a.c", ".*", "'"])
async def test_pages_have_files_whose_names_contain_a_text(store: Store, part: str) -> None:
    names = ["a-b-c.png", "axc.png", "b-c.jpg"]
    for number, name in enumerate(names):
        await upload(store, name, name=name, created_at=MOMENT - timedelta(number))
    query = MediaQuery(limit=10, name=part)
    assert await names_of(store, query) == [name for name in names if part in name]


async def test_unused_files_are_removed_oldest_first(store: Store) -> None:
    first = await upload(store, "first")
    await upload(store, "second")
    ((_, since),) = [
        row for row in (await store.media.page(MediaQuery(limit=10))).rows if row[0].id == first.id
    ]
    assert since is not None
    assert await store.media.remove_unused(since - timedelta(milliseconds=1), limit=10) == []
    (gone,) = await store.media.remove_unused(now(), limit=1)
    (left,) = await store.media.remove_unused(now(), limit=10)
    assert {gone, left} == {digest_of("first"), digest_of("second")}
    assert not (await store.media.page(MediaQuery(limit=10))).rows


def test_the_id_is_the_beginning_of_the_digest() -> None:
    file = a_file()
    assert file.id == Id(file.digest[:24])
