"""The same requests get the same responses on every store: status, headers and body.

`make test` runs the same hundred sequences each time, `make fuzz` 1,500 new ones. Every sequence that made a
difference is kept in `regressions.py`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, tzinfo
from typing import ClassVar

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine

from everpost.domain import clock, revisions
from tests.conftest import Engines, offer_key
from tests.contract.http.calls import ask, next_page
from tests.contract.http.conftest import Applications
from tests.contract.http.generated.media import THE_FILES, about_media, some_files
from tests.contract.http.generated.regressions import REGRESSIONS
from tests.contract.http.generated.sequences import (
    EVERY_POST,
    THE_COPIES,
    THE_POSTS,
    THE_THREAD,
    a_thread,
    about_copies,
    about_people,
    about_posts,
    about_settings,
    about_threads,
    sequences,
    some_posts,
)
from tests.contract.http.memory import Call, Memory
from tests.volume import examples

thirty_of_them = settings(max_examples=examples(30))
"""Of the hundred sequences."""

SECRET = re.compile(r'"edit_key":"[^"]{32}"|(?<=&signature=)[\w-]{43}(?=")')
"""What is random in an answer."""

START = datetime(2026, 1, 1, tzinfo=UTC)


class StampOfTheCall:
    """Draws the same stamp on every store: the number of the current call, counted over all calls."""

    number: ClassVar[int] = 0

    @classmethod
    def draw(cls, size: int) -> bytes:
        return cls.number.to_bytes(size)


class StoppedClock(datetime):
    """Shows the time of the current call, the same on every store."""

    moment: ClassVar[datetime] = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not Self, never asked for
        return cls.moment.astimezone(tz)


@pytest.fixture(scope="module")
async def applications(engines: Engines, pytestconfig: pytest.Config) -> AsyncIterator[Applications]:
    """Applications with the same clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "MAX_SHRINKING_SECONDS", 60)
        patch.setattr(clock, "datetime", StoppedClock)
        patch.setattr(revisions, "token_bytes", StampOfTheCall.draw)
        async with AsyncExitStack() as opened:
            yield Applications(engines, pytestconfig.stash[offer_key].names, opened)


class Comparison:
    """Sends the same requests to every store and compares the responses."""

    def __init__(self, clients: Mapping[str, httpx.AsyncClient]) -> None:
        assert len(clients) > 1, "nothing to compare with"
        self._clients = clients
        self._memory = Memory()
        self._asked = 0
        self._made: list[Call] = []

    async def make(self, call: Call) -> None:
        """Make the call and, if it asks for that, follow the links of its response to the end."""
        self._made.append(call)
        path, headers = self._memory.request(call)
        link = await self._ask(call, path, headers)
        while call.walk and link is not None:
            link = await self._ask(call, link, {})

    def _told(self, path: str, headers: dict[str, str]) -> str:
        # Hypothesis would say which calls, but schemathesis, a plugin of pytest, keeps it from showing what
        # any test was called with ("This one takes way too much"):
        # https://github.com/schemathesis/schemathesis/blob/master/src/schemathesis/generation/hypothesis/__init__.py
        calls = "\n".join(f"    {call}," for call in self._made)
        return f"{path} {headers}, the last of these calls:\n{calls}"

    async def _ask(self, call: Call, path: str, headers: dict[str, str]) -> str | None:
        # Two requests share each moment: what a store sorts or tells apart by time must bear that.
        StoppedClock.moment = START + timedelta(milliseconds=self._asked // 2)
        self._asked += 1
        StampOfTheCall.number += 1
        answers = await asyncio.gather(
            *(
                ask(
                    client,
                    call.by,
                    call.method,
                    path,
                    json=self._memory.body(call),
                    headers=headers,
                    content=call.content,
                )
                for client in self._clients.values()
            )
        )
        shown = [
            (each.status_code, sorted(each.headers.multi_items()), SECRET.sub("", each.text))
            for each in answers
        ]
        for name, each in zip(self._clients, shown, strict=True):
            assert each == shown[0], f"{name} answers otherwise to {self._told(path, headers)}"
        assert answers[0].status_code < 500, f"An error of ours: {self._told(path, headers)}"
        self._memory.remember(path, answers[0])
        return next_page(answers[0])


async def assert_no_difference(
    applications: Applications, calls: Sequence[Call], seen_in: Sequence[Call] = (*THE_POSTS, *THE_THREAD)
) -> None:
    comparison = Comparison(await applications.on_empty_blogs())
    for call in [*calls, *seen_in]:
        await comparison.make(call)


@thirty_of_them
@given(calls=sequences(some_posts, *about_posts))
async def test_all_stores_respond_equally_about_posts(applications: Applications, calls: list[Call]) -> None:
    await assert_no_difference(applications, calls, THE_POSTS)


@thirty_of_them
@given(calls=sequences(a_thread, *about_threads))
async def test_all_stores_respond_equally_about_threads(
    applications: Applications, calls: list[Call]
) -> None:
    await assert_no_difference(applications, calls, [EVERY_POST, *THE_THREAD])


@settings(max_examples=examples(10))
@given(calls=sequences(some_posts, *about_copies))
async def test_all_stores_respond_equally_about_working_copies(
    applications: Applications, calls: list[Call]
) -> None:
    await assert_no_difference(applications, calls, [*THE_POSTS, *THE_COPIES])


@settings(max_examples=examples(10))
@given(calls=sequences(some_files, *about_media))
async def test_all_stores_respond_equally_about_media(applications: Applications, calls: list[Call]) -> None:
    await assert_no_difference(applications, calls, [*THE_POSTS, *THE_FILES])


@thirty_of_them
@given(
    calls=sequences(
        a_thread | some_posts | st.just([]),
        *(*about_posts, *about_threads, *about_people, *about_settings, *about_copies),
    )
)
async def test_all_stores_respond_equally_about_everything(
    applications: Applications, calls: list[Call]
) -> None:
    await assert_no_difference(applications, calls)


@pytest.mark.parametrize("calls", REGRESSIONS.values(), ids=REGRESSIONS.keys())
async def test_known_differences_do_not_return(applications: Applications, calls: list[Call]) -> None:
    await assert_no_difference(applications, calls)
