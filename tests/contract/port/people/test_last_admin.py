"""Whatever admins do to each other concurrently, at least one enabled admin remains."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from everpost.domain.ids import Id
from everpost.domain.people.users import Role, User, UserChange
from everpost.errors import LastAdmin, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, register
from tests.contract.port.people.test_users import read_users
from tests.contract.refusals import describe, raises

Departure = Callable[[Store, Id], Awaitable[object]]


async def demote(store: Store, id: Id) -> None:
    await store.users.save(id, UserChange(updated_at=LATER, role=Role.EDITOR), match=None)


async def disable(store: Store, id: Id) -> None:
    await store.users.save(id, UserChange(updated_at=LATER, is_disabled=True), match=None)


async def remove(store: Store, id: Id) -> None:
    await store.users.remove(id, heir_id=None, match=None)


DEPARTURES: Sequence[Departure] = (demote, disable, remove)


async def admins_of(store: Store) -> list[Id]:
    return [user.id for user in await read_users(store) if user.is_enabled_admin]


async def admins(store: Store, count: int) -> list[User]:
    return [await register(store, role=Role.ADMIN) for _ in range(count)]


@pytest.mark.parametrize(
    "departures",
    [*((each,) for each in DEPARTURES), DEPARTURES],
    ids=[*(each.__name__ for each in DEPARTURES), "all"],
)
async def test_of_admins_who_are_removed_concurrently_one_stays(
    store: Store, departures: Sequence[Departure]
) -> None:
    for count in (2, 4):
        them = await admins(store, count - len(await admins_of(store)))
        ids = await admins_of(store)
        assert len(ids) == count, them
        ways = [departures[number % len(departures)] for number in range(count)]
        outcomes = await asyncio.gather(
            *(way(store, each) for way, each in zip(ways, ids, strict=True)), return_exceptions=True
        )
        assert sorted(map(describe, outcomes)) == ["LastAdmin user role"] + ["NoneType"] * (count - 1)
        assert await admins_of(store) == [ids[[type(outcome) for outcome in outcomes].index(LastAdmin)]]


async def test_admins_who_name_each_other_as_new_author_are_not_all_removed(store: Store) -> None:
    one, other = await admins(store, 2)
    outcomes = await asyncio.gather(
        store.users.remove(one.id, heir_id=other.id, match=None),
        store.users.remove(other.id, heir_id=one.id, match=None),
        return_exceptions=True,
    )
    assert outcomes.count(None) == 1
    assert len(await admins_of(store)) == 1


async def test_the_last_admin_stays_as_it_is(store: Store) -> None:
    (admin,) = await admins(store, 1)
    disabled = await register(store, role=Role.ADMIN, disabled_at=LATER)
    author = await register(store)
    for depart in DEPARTURES:
        with raises(LastAdmin, "user", "role"):
            await depart(store, admin.id)
    assert await read_users(store) == sorted([admin, disabled, author], key=lambda user: user.position)
    with raises(Stale, "user"):
        await store.users.remove(admin.id, heir_id=None, match=frozenset())
    change = UserChange(updated_at=LATER, name="New", role=Role.ADMIN, is_disabled=False)
    assert (await store.users.save(admin.id, change, match=None)).name == "New"


async def test_users_who_are_not_enabled_admins_can_be_removed(store: Store) -> None:
    await admins(store, 1)
    for role in Role:
        disabled = await register(store, role=role, disabled_at=LATER)
        for depart in DEPARTURES:
            await depart(store, disabled.id)
    author = await register(store)
    for depart in DEPARTURES:
        await depart(store, author.id)
    with raises(NotFound, "user"):
        await store.users.get(author.id)


async def test_a_blog_without_an_admin_can_lose_all_users(store: Store) -> None:
    author = await register(store)
    for depart in DEPARTURES:
        await depart(store, author.id)
