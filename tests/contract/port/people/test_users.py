"""Single users, and the list of users."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import new_id
from everpost.domain.paging import MAX_NUMBER, Position
from everpost.domain.people.users import MAX_EMAIL, MAX_NAME, Role, User, UserChange, UserQuery
from everpost.domain.revisions import Revision
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, a_user, numbered, register, spread
from tests.contract.refusals import attempt, describe, raises

SAME_ADDRESS = [
    ("ada@example.org", "ADA@Example.ORG"),
    ("ädä@example.org", "ÄDÄ@EXAMPLE.ORG"),
    ("stra\u00dfe@example.org", "STRASSE@example.org"),
    ("\u03c3\u03c2@example.org", "\u03a3\u03a3@example.org"),
    ("e\u0301@example.org", "\u00c9@example.org"),
    ("\uff41@example.org", "A@example.org"),
]
OTHER_ADDRESS = [
    ("ada@example.org", "äda@example.org"),
    ("ada@example.org", "ada@example.org."),
    ("ada@example.org", "ada+1@example.org"),
    ("i@example.org", "\u0131@example.org"),
    ("\u304b@example.org", "\u30ab@example.org"),
    ("\U0001f600@example.org", "\U0001f601@example.org"),
    ("ada@example.org", "ada\u200b@example.org"),
]
"""Some collation takes these for equal."""


async def read_users(store: Store, *, limit: int = 100) -> Sequence[User]:
    """Every user, page by page."""
    users: list[User] = []
    after: Position | None = None
    while True:
        page = await store.users.page(UserQuery(limit=limit, after=after))
        users.extend(page.rows)
        if not page.has_more:
            return users
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position


@pytest.mark.parametrize(
    "user",
    [
        a_user(),
        a_user(role=Role.ADMIN, password_hash="$argon2id$" + "x" * 245),
        a_user(role=Role.EDITOR, disabled_at=EARLIEST, created_at=LATEST, updated_at=EARLIEST),
        a_user(name="\U0010ffff" * MAX_NAME, email="\U0010ffff" * (MAX_EMAIL - 2) + "@\U0001f600"),
        a_user(name=" '; -- ", email="\u0130\u00df@e\u0301.Org"),
    ],
    ids=["plain", "with a password", "disabled", "largest", "unusual"],
)
async def test_a_user_is_read_as_written(store: Store, user: User) -> None:
    await store.users.add(user)
    assert await store.users.get(user.id) == user
    assert await store.users.find(user.email) == user
    assert await read_users(store) == [user]


async def test_a_missing_user_is_not_found(store: Store) -> None:
    await register(store)
    unknown = new_id()
    for call in (
        store.users.get(unknown),
        store.users.save(unknown, UserChange(updated_at=LATER), match=frozenset()),
        store.users.remove(unknown, heir_id=new_id(), match=frozenset()),
    ):
        with raises(NotFound, "user"):
            await call
    assert await store.users.find("ada@example.org") is None
    assert await store.users.find("") is None


@pytest.mark.parametrize(("one", "other"), SAME_ADDRESS)
async def test_addresses_that_differ_in_case_are_one_address(store: Store, one: str, other: str) -> None:
    ada, bob = await register(store, email=one), await register(store)
    assert await store.users.find(other) == ada
    assert await attempt(store.users.add(a_user(email=other))) == "Conflict user email"
    with raises(Conflict, "user", "email"):
        await store.users.save(bob.id, UserChange(updated_at=LATER, name="B", email=other), match=None)
    assert await store.users.get(bob.id) == bob
    saved = await store.users.save(ada.id, UserChange(updated_at=LATER, email=other), match=None)
    assert saved == replace(ada, email=other, updated_at=LATER, version=2)
    assert await store.users.find(one) == saved


@pytest.mark.parametrize(("one", "other"), OTHER_ADDRESS)
async def test_addresses_that_differ_otherwise_are_two(store: Store, one: str, other: str) -> None:
    ada = await register(store, email=one)
    assert await store.users.find(other) is None
    bob = await register(store, email=other)
    assert (await store.users.find(one), await store.users.find(other)) == (ada, bob)


async def test_a_taken_id_is_a_conflict_before_a_taken_address(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    for email in (ada.email, bob.email, "free@example.org"):
        assert await attempt(store.users.add(a_user(id=ada.id, email=email))) == "Conflict user id"
    assert await store.users.get(ada.id) == ada


async def test_of_concurrent_users_with_one_address_one_is_stored(store: Store) -> None:
    spellings = ["ada@example.org", "ADA@example.org", "Ada@Example.Org", "aDA@EXAMPLE.org"] * 2
    users = [a_user(email=email) for email in spellings]
    outcomes = await asyncio.gather(*(attempt(store.users.add(user)) for user in users))
    assert sorted(outcomes) == ["Conflict user email"] * 7 + ["done"]
    assert await read_users(store) == [users[outcomes.index("done")]]


async def test_of_concurrent_changes_to_one_address_one_succeeds(store: Store) -> None:
    users = [await register(store) for _ in range(6)]

    wanted = UserChange(updated_at=LATER, email=f"Wanted@{'x' * 9}")
    outcomes = await asyncio.gather(
        *(attempt(store.users.save(user.id, wanted, match=None)) for user in users)
    )
    assert sorted(outcomes) == ["Conflict user email"] * 5 + ["done"]
    found = await store.users.find("wanted@xxxxxxxxx")
    assert found is not None
    assert found.id == users[outcomes.index("done")].id


async def test_an_address_that_is_given_up_is_free_again(store: Store) -> None:
    ada, bob = await register(store, email="one@x.org"), await register(store, email="two@x.org")
    await store.users.save(ada.id, UserChange(updated_at=LATER, email="three@x.org"), match=None)
    await store.users.save(bob.id, UserChange(updated_at=LATER, email="ONE@x.org"), match=None)
    await store.users.remove(bob.id, heir_id=None, match=None)
    for email in ("one@x.org", "TWO@x.org"):
        user = await register(store, email=email)
        assert await store.users.find(email.lower()) == user


async def test_only_one_user_is_the_first(store: Store) -> None:
    users = [a_user() for _ in range(8)]
    outcomes = await asyncio.gather(*(attempt(store.users.add(user, is_first=True)) for user in users))
    assert sorted(outcomes) == ["Conflict user id"] * 7 + ["done"]
    first = users[outcomes.index("done")]
    assert await read_users(store) == [first]
    second = await register(store)
    assert await attempt(store.users.add(a_user(), is_first=True)) == "Conflict user id"
    for user in (first, second):
        await store.users.remove(user.id, heir_id=None, match=None)
    assert await attempt(store.users.add(a_user(), is_first=True)) == "done"


async def test_a_user_added_after_others_is_not_the_first(store: Store) -> None:
    user = await register(store)
    refused = [a_user(), a_user(email=user.email), a_user(id=user.id)]
    assert [await attempt(store.users.add(each, is_first=True)) for each in refused] == [
        "Conflict user id"
    ] * 3
    assert await read_users(store) == [user]


@pytest.mark.parametrize(
    "change",
    [
        UserChange(updated_at=LATER),
        UserChange(updated_at=LATER, name="New"),
        UserChange(updated_at=LATER, email="new@example.org"),
        UserChange(updated_at=LATER, role=Role.ADMIN),
        UserChange(updated_at=LATER, password_hash="new"),
        UserChange(
            updated_at=LATER,
            name="New",
            email="N@x.org",
            role=Role.AUTHOR,
            is_disabled=True,
            password_hash="new",
        ),
    ],
)
async def test_an_update_changes_only_the_given_fields(store: Store, change: UserChange) -> None:
    other = await register(store)
    user = await register(store, role=Role.EDITOR, password_hash="old")
    saved = await store.users.save(user.id, change, match=frozenset({user.revision}))
    assert saved == replace(
        user,
        name=change.name or user.name,
        email=change.email or user.email,
        role=change.role or user.role,
        disabled_at=LATER if change.is_disabled else None,
        password_hash=user.password_hash if change.password_hash is None else change.password_hash,
        updated_at=LATER,
        version=2,
    )
    assert await store.users.get(user.id) == await store.users.find(saved.email) == saved
    assert await store.users.get(other.id) == other


async def test_disabling_a_user_again_keeps_the_first_date(store: Store) -> None:
    user = await register(store)
    for moment, is_disabled, disabled_at in (
        (MOMENT, True, MOMENT),
        (LATER, True, MOMENT),
        (LATER, None, MOMENT),
        (LATER, False, None),
        (LATER, False, None),
        (LATER, True, LATER),
    ):
        change = UserChange(updated_at=moment, is_disabled=is_disabled)
        saved = await store.users.save(user.id, change, match=None)
        assert (saved.disabled_at, saved.author.is_disabled) == (disabled_at, disabled_at is not None)
        assert await store.users.get(user.id) == saved


@pytest.mark.parametrize("match", [frozenset(), frozenset({Revision(2, 1), Revision(1, 1)})])
async def test_a_write_with_an_outdated_revision_changes_nothing(
    store: Store, match: frozenset[Revision]
) -> None:
    ada, bob = await register(store), await register(store)
    for call in (
        store.users.save(ada.id, UserChange(updated_at=LATER, name="New"), match=match),
        store.users.save(ada.id, UserChange(updated_at=LATER, email=bob.email), match=match),
        store.users.remove(ada.id, heir_id=None, match=match),
        store.users.remove(ada.id, heir_id=new_id(), match=match),
    ):
        with raises(Stale, "user"):
            await call
    assert await read_users(store) == sorted([ada, bob], key=lambda user: user.position)


async def test_of_concurrent_writers_with_the_same_revision_exactly_one_succeeds(store: Store) -> None:
    user = await register(store)
    seen = frozenset({user.revision})
    outcomes = await asyncio.gather(
        *(store.users.save(user.id, UserChange(updated_at=LATER, name=name), match=seen) for name in "abcd"),
        return_exceptions=True,
    )
    assert sorted(map(describe, outcomes)) == ["Stale user"] * 3 + ["User"]
    assert (await store.users.get(user.id)).version == 2


@pytest.mark.parametrize("limit", [1, 2, 11, 12, 13])
async def test_pages_give_every_user_once_the_oldest_first(store: Store, limit: int) -> None:
    users = [a_user(id=numbered(number), created_at=spread(number, over=3)) for number in range(12)]
    for user in random.Random(1).sample(users, len(users)):
        await store.users.add(user)
    in_order = sorted(users, key=lambda user: user.position)
    assert await read_users(store, limit=limit) == in_order
    page = await store.users.page(UserQuery(limit=limit, after=in_order[4].position))
    assert (list(page.rows), page.has_more) == (in_order[5 : 5 + limit], limit < 7)
    assert (await store.users.page(UserQuery(limit=MAX_NUMBER))).rows == tuple(in_order)


async def test_no_page_shows_a_removed_user(store: Store) -> None:
    users = [await register(store, id=numbered(number)) for number in range(3)]
    await store.users.remove(users[1].id, heir_id=users[0].id, match=None)
    assert await read_users(store, limit=1) == [users[0], users[2]]
