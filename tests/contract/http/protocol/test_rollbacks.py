"""The database returns to an older state under a running server, as after a failover or a restored backup,
and another write takes the version of the lost one. No response, then or later, shows the lost write.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from devtools.servers.databases import Databases, new_name

from everpost.app import create_api
from everpost.settings import Settings
from everpost.stores import open_store
from tests.conftest import POOL_SIZE, TIMEOUT
from tests.contract.http.calls import assert_problem, comment_on, publish
from tests.contract.http.people import PEOPLE, add_people, headers_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


@dataclass(frozen=True)
class History:
    """A blog with one post and a comment on it, and a way to roll the database back to that state."""

    client: httpx.AsyncClient
    databases: Databases
    database: str
    post: str
    comment: str

    async def roll_back(self) -> None:
        await self.databases.empty(self.database)


@pytest.fixture
async def history(databases: Databases) -> AsyncIterator[History]:
    database = new_name()
    await databases.create(database)
    store = await open_store(databases.url(database), timeout=TIMEOUT, pool_size=POOL_SIZE)
    await add_people(store)
    await store.close()
    app = create_api(Settings(database_url=databases.url(database)))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://blog.example", headers=headers_of("admin")
        ) as client,
    ):
        post = f"/posts/{(await publish(client))['id']}"
        comment = await comment_on(client, post.removeprefix("/posts/"))
        await databases.remember(database)
        yield History(client, databases, database, post, f"{post}/comments/{comment['id']}")
    await databases.drop(database)


def write_of(kind: str, history: History, words: str) -> httpx.Request:
    writes: dict[str, tuple[str, str, dict[str, str]]] = {
        "a change of the post": ("PATCH", history.post, {"title": words}),
        "a new comment": ("POST", f"{history.post}/comments", {"content": words}),
        "a change of a comment": ("PATCH", history.comment, {"content": words}),
        "a new name of the author": ("PATCH", f"/users/{PEOPLE['admin'].user.id}", {"name": words}),
    }
    method, path, body = writes[kind]
    return history.client.build_request(method, path, json=body)


KINDS = ("a change of the post", "a new comment", "a change of a comment", "a new name of the author")


async def test_no_reader_sees_a_lost_write(history: History, subtests: pytest.Subtests) -> None:
    client = history.client
    paths = [history.post, "/posts", f"{history.post}/comments", history.comment]
    for kind in KINDS:
        with subtests.test(kind):
            assert (await client.send(write_of(kind, history, "Lost words"))).is_success
            lost = {path: await client.get(path) for path in paths}
            assert "Lost words" in lost[history.post].text
            await history.roll_back()
            assert "Lost words" not in (await client.get(history.post)).text
            await history.roll_back()
            assert (await client.send(write_of(kind, history, "Real words"))).is_success
            for path in paths:
                condition = {"If-None-Match": lost[path].headers["etag"]}
                now = await client.get(path, headers=condition)
                if "Lost words" in lost[path].text:
                    assert now.status_code == 200
                    assert "Real words" in now.text
                    assert "Lost words" not in now.text
            await history.roll_back()


async def test_a_writer_with_the_etag_of_a_lost_write_is_refused(
    history: History, subtests: pytest.Subtests
) -> None:
    client = history.client
    for kind in KINDS[:3]:
        with subtests.test(kind):
            of = history.comment if kind == "a change of a comment" else history.post
            await client.send(write_of(kind, history, "Lost words"))
            lost = await client.get(of)
            await history.roll_back()
            await client.send(write_of(kind, history, "Real words"))
            real = await client.get(of)
            assert version_in(lost) == version_in(real)
            condition = {"If-Match": lost.headers["etag"]}
            assert_problem(await client.patch(of, json={"content": "Undone"}, headers=condition), 412)
            assert_problem(await client.delete(of, headers=condition), 412)
            assert (await client.get(of)).content == real.content
            await history.roll_back()


def version_in(answer: httpx.Response) -> str:
    version, _, _ = answer.headers["etag"].partition("-")
    return str(version)
