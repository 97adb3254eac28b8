"""Servers with TLS and a password: they are reached as the URL says, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import trustme
from devtools.servers.secured import ACCESSES, ADDRESS, PASSWORD, Certified

from everpost.domain.clock import now
from everpost.domain.rate_limits import Limit
from everpost.errors import Unreachable
from everpost.stores import open_store
from tests.conftest import Engines
from tests.contract.port.examples import comment_on, publish, read_post, register
from tests.faults.serving_accounts import NAME, add_serving_account

TIMEOUT = 10.0
SHORT = 2.0
"""Seconds for connections that must fail: a client of MongoDB retries until its timeout."""

HUNG_UP = r"connection (is already )?closed|[Cc]onnection reset|[Bb]roken pipe"
"""PyMongo's messages for a connection that the server closed; which one depends on timing."""

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


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """The certificate of an authority that signed none of the servers' certificates."""
    path = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


async def test_a_blog_behind_tls_and_a_password_is_reached_as_its_url_says_or_not_at_all(
    secured_name: str, secured: Certified, url: Url, stranger: Path, subtests: pytest.Subtests
) -> None:
    access = ACCESSES[secured_name]
    verified = access.verified.format(authority=secured.authority)
    for options in (verified, access.unverified, *access.preferred):
        with subtests.test(options):
            store = await open_store(url(options), timeout=TIMEOUT, pool_size=2)
            post = await publish(store)
            assert await read_post(store, post.id) == post
            await store.close()
    with subtests.test("with the rights of an account that serves"):
        await add_serving_account(secured_name, url(verified), PASSWORD)
        serving = url(verified).replace(access.start, f"{access.start.partition('://')[0]}://{NAME}")
        store = await open_store(serving, timeout=TIMEOUT, pool_size=2)
        post = await publish(store)
        comment = await comment_on(store, post.id)
        await store.comments.remove(post.id, comment.id, match=None)
        await store.limits.hit([Limit("somebody")], now())
        await store.posts.remove(post.id, match=None)
        await store.users.remove((await register(store)).id, heir_id=None, match=None)
        await store.close()
    stranger_trusted = access.verified.format(authority=stranger)
    refused = {
        "without TLS": (
            url(access.plain),
            rf"no encryption|Access denied|insecure transport|{HUNG_UP}",
        ),
        "under another name": (url(verified, host="localhost"), "Hostname mismatch"),
        "to who trusts another authority": (url(stranger_trusted), "local issuer|self-signed"),
        "with a wrong password": (
            url(verified, password=f"{PASSWORD}!"),
            "authentication failed|Access denied|rejected the user",
        ),
    }
    for how, (refused_url, reason) in refused.items():
        with subtests.test(how):
            with pytest.raises(Unreachable, match=reason) as refusal:
                await open_store(refused_url, timeout=SHORT, pool_size=1)
            assert PASSWORD not in refusal.value.message


async def test_a_server_without_tls_is_not_talked_to_where_the_url_asks_for_it(
    server_name: str, engines: Engines, stranger: Path
) -> None:
    plain = urlsplit(engines.databases(server_name).url(ACCESSES[server_name].database))
    options = ACCESSES[server_name].verified.format(authority=stranger)
    with pytest.raises(Unreachable, match=rf"TLS|SSL|{HUNG_UP}"):
        await open_store(urlunsplit(plain._replace(query=options)), timeout=SHORT, pool_size=1)
