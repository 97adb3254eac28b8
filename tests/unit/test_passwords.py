"""Passwords: what is kept of them, and that checking one holds nobody up."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from everpost.domain.users import MAX_PASSWORD, MIN_PASSWORD
from everpost.errors import Invalid
from everpost.services import passwords
from everpost.services.passwords import hash_password, is_outdated, is_right

PASSWORD = "correct horse battery"


@pytest.mark.careful_passwords
async def test_the_right_password_is_right_and_another_is_not() -> None:
    kept = await hash_password(PASSWORD)
    assert await is_right(PASSWORD, kept)
    assert not await is_right(PASSWORD + " ", kept)


@pytest.mark.careful_passwords
async def test_what_is_kept_is_argon2id_and_differs_each_time() -> None:
    kept = [await hash_password(PASSWORD) for _ in range(2)]
    assert all(each.startswith("$argon2id$") and len(each) <= 255 for each in kept)
    assert kept[0] != kept[1]
    assert PASSWORD not in kept[0]


async def test_where_nothing_is_kept_no_password_is_right() -> None:
    assert not await is_right("the password of nobody", None)


async def test_what_is_no_hash_lets_nobody_in() -> None:
    assert not await is_right(PASSWORD, "not a hash")


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


async def test_text_that_is_none_is_refused() -> None:
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
