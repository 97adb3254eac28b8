"""Servers behind TLS and a password: reached as the URL says, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import trustme

from everpost.errors import Unreachable
from everpost.stores import open_store
from tests.contract.port.examples import publish, read_post
from tests.servers.secured import ACCESSES, ADDRESS, PASSWORD, Certified

TIMEOUT = 10.0
SHORT = 1.0
"""Seconds: a client of MongoDB asks again and again until its time is over."""

Url = Callable[..., str]


@pytest.fixture
async def secured(secured_name: str) -> AsyncIterator[Certified]:
    running = await asyncio.to_thread(ACCESSES[secured_name].server().start)
    yield running
    await asyncio.to_thread(running.stop)


@pytest.fixture
def url(secured_name: str, secured: Certified) -> Url:
    """The URL of a database on the secured server."""
    access = ACCESSES[secured_name]

    def url(options: str, *, host: str = ADDRESS, password: str = PASSWORD) -> str:
        return f"{access.start}:{password}@{host}:{secured.port}/{access.database}?{options}"

    return url


async def test_a_blog_behind_tls_and_a_password_is_reached_as_its_url_says_or_not_at_all(
    secured_name: str, secured: Certified, url: Url, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    access = ACCESSES[secured_name]
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    verified = access.verified.format(authority=secured.authority)
    for options in (verified, access.unverified):
        with subtests.test(options):
            store = await open_store(url(options), timeout=TIMEOUT, pool_size=2)
            post = await publish(store)
            assert await read_post(store, post.id) == post
            await store.close()
    refused = {
        "without TLS": url(access.plain),
        "under another name": url(verified, host="localhost"),
        "to who trusts another authority": url(access.verified.format(authority=stranger)),
        "with a wrong password": url(verified, password=f"{PASSWORD}!"),
    }
    for how, refused_url in refused.items():
        with subtests.test(how):
            with pytest.raises(Unreachable) as refusal:
                await open_store(refused_url, timeout=SHORT, pool_size=1)
            assert PASSWORD not in refusal.value.message
