"""Clients that read and write continuously. They send ids of their own, and repeat each write until it is
acknowledged.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx

from everpost.domain.ids import new_id
from tests.failovers.harness.client import PATIENCE, PAUSE, Client, Recorder
from tests.failovers.harness.history import REMOVED, Action, Ending, Exchange, State
from tests.faults.served import AS_ADMIN, NO_TLS

DISCUSSED = 3
"""The number of comments that are changed and removed at a time."""


class Clients:
    """Writers and readers of the blog at these addresses, as tasks, from `start` to `stop`. Equally many
    begin with each address; readers stay there.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        commenters: int = 3,
        changers: int = 2,
        discussers: int = 3,
        readers: int = 4,
    ) -> None:
        self._recorder = Recorder()
        self._addresses = addresses
        self._numbers = (commenters, changers, discussers, readers)
        self._http = httpx.AsyncClient(headers=AS_ADMIN, verify=NO_TLS, timeout=PATIENCE, trust_env=False)
        self._clients: list[Client] = []
        self._readers: list[Client] = []
        self._threads: list[str] = []
        self._contested = ""
        self._discussion = ""
        self._discussed: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False

    @property
    def history(self) -> Sequence[Exchange]:
        """All requests so far."""
        return self._recorder.history

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def start(self) -> None:
        """Add some posts, and start writing and reading."""
        client = self._new_client()
        self._threads = [await self._add_post(client) for _ in range(3)]
        self._contested, self._discussion = await self._add_post(client), await self._add_post(client)
        commenters, changers, discussers, readers = self._numbers
        work = [self._add_posts(client)]
        work += [self._add_comments(self._new_client()) for _ in range(commenters)]
        work += [self._change(self._new_client()) for _ in range(changers)]
        work += [self._discuss(self._new_client()) for _ in range(discussers)]
        self._readers = [self._new_client(stays=True) for _ in range(readers)]
        work += [self._read(reader) for reader in self._readers]
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> Ending:
        """Let every writer finish its write, then read the whole blog."""
        self._is_stopping = True
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._tasks)
        client = self._new_client()
        for post_id in (*self._posts_with_comments, self._contested):
            await client.read_post(post_id, insist=True)
        posts = [post["id"] for post in await client.walk("/posts?comments=0")]
        comments = {}
        for post_id in self._posts_with_comments:
            thread = await client.walk(f"/posts/{post_id}/comments")
            comments[post_id] = [(comment["id"], comment["content"]) for comment in thread]
        return Ending(posts=posts, comments=comments)

    def spread(self) -> None:
        """Send the next requests of each client to the server that it began with."""
        for client in self._clients:
            client.return_to_first()

    async def until_acknowledged(self, count: int) -> None:
        """Wait until this many writes that are sent from now on have been acknowledged."""
        begin, position = time.monotonic(), len(self.history)
        async with asyncio.timeout(PATIENCE):
            while (
                sum(each.is_acknowledged and each.sent >= begin for each in self.history[position:]) < count
            ):
                for task in self._tasks:
                    if task.done():
                        task.result()
                self._recorder.acknowledged.clear()
                await self._recorder.acknowledged.wait()

    @property
    def _posts_with_comments(self) -> Sequence[str]:
        return (*self._threads, self._discussion)

    def _new_client(self, *, stays: bool = False) -> Client:
        """A client that begins with the next server. Those of the first server stay there: in every fault, it
        reaches the nodes that remain in service.
        """
        first = len(self._clients) % len(self._addresses)
        addresses = (*self._addresses[first:], *self._addresses[:first])
        self._clients.append(Client(self._http, addresses, self._recorder, stays=stays or first == 0))
        return self._clients[-1]

    async def _add_posts(self, client: Client) -> None:
        while not self._is_stopping:
            await self._add_post(client)
            await asyncio.sleep(PAUSE)

    async def _add_post(self, client: Client) -> str:
        post_id = new_id()
        content = f"Post {post_id}"
        body = {"id": post_id, "title": content, "content": "", "comment_policy": "open"}
        await client.insist("POST", "/posts", Action.ADD, post_id, content=content, json=body)
        await client.read_post(post_id)
        return post_id

    async def _add_comments(self, client: Client) -> None:
        while not self._is_stopping:
            post_id = random.choice(self._threads)
            await client.read_comment(post_id, await self._add_comment(client, post_id))
            await asyncio.sleep(PAUSE)

    async def _add_comment(self, client: Client, post_id: str) -> str:
        comment_id = new_id()
        content = f"Comment {comment_id}"
        await client.insist(
            "POST",
            f"/posts/{post_id}/comments",
            Action.ADD,
            comment_id,
            parent=post_id,
            content=content,
            json={"id": comment_id, "content": content},
        )
        return comment_id

    async def _change(self, client: Client) -> None:
        """Change the post that all these clients change, with the ETag of a fresh read. No change is sent
        twice.
        """
        while not self._is_stopping:
            state = (await client.read_post(self._contested)).state
            if state is None or state.tag is None:
                await asyncio.sleep(5 * PAUSE)
                continue
            title = f"Change {new_id()}"
            exchange = await client.ask(
                "PATCH",
                f"/posts/{self._contested}",
                Action.CHANGE,
                self._contested,
                content=title,
                based_on=state.tag,
                json={"title": title},
            )
            await asyncio.sleep(PAUSE if exchange.is_acknowledged else 5 * PAUSE)

    async def _discuss(self, client: Client) -> None:
        """Change and remove the comments of all these clients, with the ETag of a fresh read. No change or
        removal is sent twice.
        """
        while not self._is_stopping:
            if len(self._discussed) < DISCUSSED:
                self._discussed.append(await self._add_comment(client, self._discussion))
            comment_id = random.choice(self._discussed)
            exchange = await client.read_comment(self._discussion, comment_id)
            if exchange.state is not None and exchange.state.tag is not None:
                exchange = await self._edit_or_remove(client, comment_id, exchange.state.tag)
            if exchange.state is REMOVED and comment_id in self._discussed:
                self._discussed.remove(comment_id)
            await asyncio.sleep(5 * PAUSE if exchange.is_refused else PAUSE)

    async def _edit_or_remove(self, client: Client, comment_id: str, tag: str) -> Exchange:
        path, parent = f"/posts/{self._discussion}/comments/{comment_id}", self._discussion
        if random.random() < 0.25:
            return await client.ask("DELETE", path, Action.REMOVE, comment_id, parent=parent, based_on=tag)
        content = f"Edit {new_id()}"
        return await client.ask(
            "PATCH",
            path,
            Action.CHANGE,
            comment_id,
            parent=parent,
            content=content,
            based_on=tag,
            json={"content": content},
        )

    async def _read(self, client: Client) -> None:
        """Read random posts, with the ETag of the previous read, and random comments that are changed."""
        known: dict[str, State] = {}
        while not self._is_stopping:
            post_id = random.choice((*self._posts_with_comments, self._contested))
            exchange = await client.read_post(post_id, known=known.get(post_id))
            if exchange.state is not None and exchange.state.tag is not None:
                known[post_id] = exchange.state
            if self._discussed:
                await client.read_comment(self._discussion, random.choice(self._discussed))
            await asyncio.sleep(PAUSE)
