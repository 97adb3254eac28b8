"""Batches of concurrent writes, each to one post, that may be interrupted; and what must hold afterwards."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from everpost.domain.ids import new_id
from tests.faults.served import AS_ADMIN, NO_TLS, PATIENCE

SIZE = 12


@dataclass(frozen=True)
class Write:
    method: str
    path: str
    body: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


Answers = Sequence[httpx.Response | None]
"""The answer to each write; None if there was none."""


def open_client(api: str) -> httpx.AsyncClient:
    """A client with enough connections for a batch, so that its writes arrive together."""
    limits = httpx.Limits(max_connections=SIZE, max_keepalive_connections=SIZE)
    return httpx.AsyncClient(
        base_url=api, headers=AS_ADMIN, verify=NO_TLS, timeout=PATIENCE, limits=limits, trust_env=False
    )


class Batch(ABC):
    """Writes to a new post."""

    def __init__(self) -> None:
        self._post_id = new_id()
        self._path = f"/posts/{self._post_id}"

    async def create_post(self, client: httpx.AsyncClient) -> None:
        body = {"id": self._post_id, "title": "New", "content": ""}
        assert (await repeat(client, Write("POST", "/posts", body)))[-1] in (200, 201)

    @abstractmethod
    def writes(self) -> Sequence[Write]:
        """What is sent; the same each time."""

    @abstractmethod
    async def check(self, client: httpx.AsyncClient, answers: Answers) -> None:
        """Check that every acknowledged write is there, and send all of them again."""

    async def send(self, client: httpx.AsyncClient, *, on_answer: asyncio.Event | None = None) -> Answers:
        """Send all writes at once. `on_answer` is set by the first answer."""

        async def send(write: Write) -> httpx.Response | None:
            try:
                return await client.request(write.method, write.path, json=write.body, headers=write.headers)
            except httpx.TransportError:
                return None
            finally:
                if on_answer is not None:
                    on_answer.set()

        answers = await asyncio.gather(*map(send, self.writes()))
        failed = [answer for answer in answers if answer is not None and answer.is_server_error]
        assert all(answer.status_code == 503 and "retry-after" in answer.headers for answer in failed)
        return answers

    async def send_again(self, client: httpx.AsyncClient) -> Sequence[Sequence[int]]:
        """Repeat each write until its answer is final. Returns the statuses of each."""
        return await asyncio.gather(*(repeat(client, write) for write in self.writes()))


class Comments(Batch):
    """New comments, with ids of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = [new_id() for _ in range(SIZE)]

    def writes(self) -> Sequence[Write]:
        return [
            Write("POST", f"{self._path}/comments", {"id": comment_id, "content": f"Comment {comment_id}"})
            for comment_id in self._ids
        ]

    async def check(self, client: httpx.AsyncClient, answers: Answers) -> None:
        """A comment that was stored is returned with 200, and one that was not is created."""
        stored = await self._stored(client)
        acknowledged = [name for name, answer in zip(self._ids, answers, strict=True) if _is_success(answer)]
        assert set(acknowledged) <= set(stored)
        for comment_id, statuses in zip(self._ids, await self.send_again(client), strict=True):
            expected = {200} if comment_id in stored else {201} if len(statuses) == 1 else {200, 201}
            assert statuses[-1] in expected
        assert sorted(await self._stored(client)) == sorted(self._ids)
        assert (await read_again(client, self._path))["comment_count"] == SIZE

    async def _stored(self, client: httpx.AsyncClient) -> Sequence[str]:
        thread = await read_again(client, f"{self._path}/comments?limit=100")
        assert all(each["content"] == f"Comment {each['id']}" for each in thread)
        return [each["id"] for each in thread]


class Changes(Batch):
    """Changes of the title, each of which makes a new version."""

    def writes(self) -> Sequence[Write]:
        return [Write("PATCH", self._path, {"title": f"Change {number}"}) for number in range(SIZE)]

    async def check(self, client: httpx.AsyncClient, answers: Answers) -> None:
        """The versions that were acknowledged are not newer than the stored one, and none was made twice."""
        post = await read_again(client, self._path)
        titles = {
            answer.json()["version"]: answer.json()["title"]
            for answer in answers
            if answer is not None and answer.is_success
        }
        assert len(titles) == sum(map(_is_success, answers))
        assert max(titles, default=1) <= post["version"] <= 1 + SIZE
        assert titles.get(post["version"], post["title"]) == post["title"]
        again = await self.send_again(client)
        assert all(statuses[-1] == 200 for statuses in again)
        made = (await read_again(client, self._path))["version"] - post["version"]
        assert SIZE <= made <= sum(map(len, again))


class ConditionalChanges(Batch):
    """Changes of the title with the same `If-Match`, of which only one succeeds."""

    async def create_post(self, client: httpx.AsyncClient) -> None:
        await super().create_post(client)
        self._tag = (await client.get(self._path)).headers["etag"]

    def writes(self) -> Sequence[Write]:
        condition = {"if-match": self._tag}
        return [
            Write("PATCH", self._path, {"title": f"Change {number}"}, condition) for number in range(SIZE)
        ]

    async def check(self, client: httpx.AsyncClient, answers: Answers) -> None:
        post = await read_again(client, self._path)
        winners = [answer for answer in answers if answer is not None and answer.is_success]
        assert [winner.json()["title"] for winner in winners] in ([], [post["title"]])
        again = await self.send_again(client)
        final = [statuses[-1] for statuses in again]
        assert set(final) <= {200, 412}
        expected = {0} if post["version"] == 2 else {1} if sum(map(len, again)) == SIZE else {0, 1}
        assert final.count(200) in expected
        assert (await read_again(client, self._path))["version"] == 2


KINDS: Sequence[type[Batch]] = (Comments, Changes, ConditionalChanges)


async def repeat(client: httpx.AsyncClient, write: Write) -> Sequence[int]:
    """Repeat a write until its answer is final: broken connections may still be in the pool. Returns the
    statuses.
    """
    statuses = []
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await client.request(write.method, write.path, json=write.body, headers=write.headers)
            statuses.append(answer.status_code)
            if answer.status_code != 503:
                return statuses
            await asyncio.sleep(0.05)


async def read_again(client: httpx.AsyncClient, path: str) -> Any:  # noqa: ANN401 - JSON
    """Read until that succeeds: the database may just have been restarted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await client.get(path)
            if answer.status_code != 503:
                assert answer.status_code == 200, answer.text
                return answer.json()
            await asyncio.sleep(0.05)


def _is_success(answer: httpx.Response | None) -> bool:
    return answer is not None and answer.is_success
