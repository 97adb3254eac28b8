"""Password hashes, and checking them without blocking other requests."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from everpost.domain.people.password_hashes import cost_of
from everpost.domain.people.users import MAX_PASSWORD, MIN_PASSWORD
from everpost.errors import Invalid
from everpost.services.accounts import passwords
from everpost.services.accounts.passwords import hash_password, is_outdated, is_right

PASSWORD = "correct horse battery"
SALT, HASH = "lPuoC1AWe2hzIFWug/A47A", "1717SJ4X8aC1VxtV0/WvofA2Z6WrvrdAeN15cfqdVvQ"


def argon2id(m: object = 65536, t: object = 3, p: object = 4, salt: str = SALT, hash: str = HASH) -> str:
    return f"$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}"


KEPT_HASHES = (
    argon2id(),
    argon2id(m=8, t=1, p=1),
    argon2id(m=262144, t=20, p=16),
    argon2id(salt="c2FsdHNhbHQ", hash="a" * 22),
    argon2id(hash="a" * 86),
)
UNKEPT_HASHES = (
    "not a hash",
    "plain",
    "$2b$12$abcdefghijklmnopqrstuuJp5zGfWq8VlX3P9rI8NqN3o3O6kN0y6",
    argon2id().replace("argon2id", "argon2i"),
    argon2id().replace("argon2id", "argon2d"),
    argon2id().replace("v=19", "v=16"),
    argon2id().replace("$v=19", ""),
    argon2id(m=262145),
    argon2id(m=4194304),
    argon2id(m=10**9),
    argon2id(t=21),
    argon2id(t=4000),
    argon2id(p=17),
    argon2id(m=0),
    argon2id(t=0),
    argon2id(p=0),
    argon2id(m="08"),
    argon2id(m="-8"),
    argon2id(m="\N{ARABIC-INDIC DIGIT EIGHT}"),
    argon2id(m="6553\N{ARABIC-INDIC DIGIT SIX}"),
    argon2id(m=31, p=4),
    argon2id(salt=""),
    argon2id(salt="c2FsdA"),
    argon2id(salt="a" * 87),
    argon2id(salt=SALT + "a" * 3),
    argon2id(salt=SALT + "=="),
    argon2id(hash=""),
    argon2id(hash="abcd"),
    argon2id(hash="a" * 87),
    argon2id(hash=HASH[:-1] + "!"),
    argon2id() + "$",
    argon2id() + "\n",
    " " + argon2id(),
    argon2id(m="65536,keyid=a"),
)
"""Hashes with which nobody can log in, which an archive or a database may contain."""


@pytest.mark.careful_passwords
async def test_the_right_password_is_right_and_another_is_not() -> None:
    kept = await hash_password(PASSWORD)
    assert await is_right(PASSWORD, kept)
    assert not await is_right(PASSWORD + " ", kept)


@pytest.mark.careful_passwords
async def test_hashes_are_argon2id_and_differ_each_time() -> None:
    kept = [await hash_password(PASSWORD) for _ in range(2)]
    assert all(each.startswith("$argon2id$") and len(each) <= 255 for each in kept)
    assert kept[0] != kept[1]
    assert PASSWORD not in kept[0]


async def test_without_a_hash_no_password_is_right() -> None:
    assert not await is_right("a dummy password", None)


@pytest.mark.parametrize("kept", ["", *UNKEPT_HASHES])
async def test_a_malformed_or_too_expensive_hash_matches_no_password(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", Recorder(checked))
    passwords._dummy_hash.cache_clear()
    assert not await is_right(PASSWORD, kept)
    assert kept not in checked
    assert len(checked) == 1  # that of nobody, which takes as long as any


@pytest.mark.parametrize("kept", KEPT_HASHES)
def test_a_hash_that_costs_no_more_than_a_login_may_is_kept(kept: str) -> None:
    assert cost_of(kept).work > 0


@pytest.mark.parametrize("kept", UNKEPT_HASHES)
def test_a_malformed_or_too_expensive_hash_is_refused_with_its_field(kept: str) -> None:
    with pytest.raises(Invalid) as refused:
        cost_of(kept)
    assert refused.value.field == "password_hash"


class Recorder(PasswordHasher):
    """Keeps the hashes that it checks."""

    def __init__(self, checked: list[str]) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self._checked = checked

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self._checked.append(str(hash))
        return super().verify(hash, password)


async def test_checking_a_weak_hash_takes_as_long_as_an_unknown_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    checked: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", Recorder(checked))
    passwords._dummy_hash.cache_clear()
    assert await is_right(PASSWORD, weak)
    assert not await is_right(PASSWORD + "!", weak)
    assert checked == [weak, passwords._dummy_hash()] * 2


async def test_an_accent_is_the_same_however_a_keyboard_composes_it() -> None:
    kept = await hash_password("caf\u00e9 cr\u00e8me at noon")
    assert await is_right("cafe\u0301 cre\u0300me at noon", kept)


@pytest.mark.parametrize("length", [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1])
async def test_a_password_that_is_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(Invalid):
        await hash_password("a" * length)


@pytest.mark.parametrize("length", [MIN_PASSWORD, MAX_PASSWORD])
async def test_a_password_of_just_the_right_length_is_taken(length: int) -> None:
    assert await is_right("ä" * length, await hash_password("ä" * length))


async def test_unstorable_text_is_refused() -> None:
    with pytest.raises(Invalid):
        await hash_password("a lone surrogate: \ud800")


@pytest.mark.careful_passwords
async def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD))
    assert not is_outdated(await hash_password(PASSWORD))


@pytest.mark.careful_passwords
async def test_a_check_of_nobody_is_the_same_work_as_one_of_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Parameters] = []

    class Recorder(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    kept = await hash_password(PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", Recorder())
    for each in (kept, None):
        assert not await is_right("something else", each)
    of_somebody, of_nobody = checked
    assert of_somebody == of_nobody


@pytest.mark.careful_passwords
async def test_checks_run_two_at_a_time_and_nobody_waits_for_them() -> None:
    kept = await hash_password(PASSWORD)
    checks = [asyncio.create_task(is_right(PASSWORD, kept)) for _ in range(4)]
    turns = 0
    while not all(check.done() for check in checks):
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > len(checks)
    working = [thread for thread in threading.enumerate() if thread.name.startswith("passwords")]
    assert len(working) <= 2
