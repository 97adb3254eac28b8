"""Clients that read and write continuously. They send ids of their own, and repeat each write until it is
acknowledged.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx

from everpost.domain.ids import new_id
from tests.failovers.harness.history import NOTHING, Action, Ending, Exchange, State
from tests.faults.served import AS_ADMIN, NO_TLS

PATIENCE = 90.0
"""Seconds within which a blog accepts writes again after a failover, and within which a request ends."""
PAUSE = 0.02
"""Seconds between two requests of a client; after a refusal five times as long."""
NESTED = 5
"""The number of comments in a post: always the same representation, so that ETags can be compared."""


class Clients:
    """Writers and readers of the blog at these addresses, as tasks, from `start` to `stop`."""

    def __init__(
        self, addresses: Sequence[str], *, commenters: int = 3, changers: int = 3, readers: int = 3
    ) -> None:
        self.history: list[Exchange] = []
        self._addresses = addresses
        self._numbers = (commenters, changers, readers)
        self._client = httpx.AsyncClient(headers=AS_ADMIN, verify=NO_TLS, timeout=PATIENCE, trust_env=False)
        self._threads: list[str] = []
        self._contested = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False
        self._acknowledged = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def start(self) -> None:
        """Add some posts, and start writing and reading."""
        self._threads = [await self._add_post() for _ in range(3)]
        self._contested = await self._add_post()
        commenters, changers, readers = self._numbers
        work = [self._add_posts(), *(self._add_comments() for _ in range(commenters))]
        work += [self._change() for _ in range(changers)] + [self._read() for _ in range(readers)]
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> Ending:
        """Let every writer finish its write, then read the whole blog."""
        self._is_stopping = True
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._tasks)
        for post_id in (*self._threads, self._contested):
            await self._read_post(post_id, insist=True)
        posts = [post["id"] for post in await self._walk("/posts?comments=0")]
        comments = {}
        for post_id in self._threads:
            thread = await self._walk(f"/posts/{post_id}/comments")
            comments[post_id] = [(comment["id"], comment["content"]) for comment in thread]
        return Ending(posts=posts, comments=comments)

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
                self._acknowledged.clear()
                await self._acknowledged.wait()

    async def _add_posts(self) -> None:
        while not self._is_stopping:
            await self._add_post()
            await asyncio.sleep(PAUSE)

    async def _add_post(self) -> str:
        post_id = new_id()
        content = f"Post {post_id}"
        body = {"id": post_id, "title": content, "content": "", "comment_policy": "open"}
        await self._insist("POST", "/posts", Action.ADD, post_id, content=content, json=body)
        await self._read_post(post_id)
        return post_id

    async def _add_comments(self) -> None:
        while not self._is_stopping:
            post_id, comment_id = random.choice(self._threads), new_id()
            content = f"Comment {comment_id}"
            await self._insist(
                "POST",
                f"/posts/{post_id}/comments",
                Action.ADD,
                comment_id,
                parent=post_id,
                content=content,
                json={"id": comment_id, "content": content},
            )
            await self._ask("GET", f"/posts/{post_id}/comments/{comment_id}", Action.READ, comment_id)
            await asyncio.sleep(PAUSE)

    async def _change(self) -> None:
        """Change the post that all writers change, with the ETag of a fresh read. No change is sent twice."""
        while not self._is_stopping:
            exchange = await self._read_post(self._contested)
            if exchange.state is None or exchange.state.tag is None:
                await asyncio.sleep(5 * PAUSE)
                continue
            title = f"Change {new_id()}"
            exchange = await self._ask(
                "PATCH",
                f"/posts/{self._contested}",
                Action.CHANGE,
                self._contested,
                content=title,
                based_on=exchange.state.tag,
                json={"title": title},
            )
            await asyncio.sleep(PAUSE if exchange.is_acknowledged else 5 * PAUSE)

    async def _read(self) -> None:
        """Read random posts, with the ETag of the previous read."""
        known: dict[str, State] = {}
        while not self._is_stopping:
            post_id = random.choice((*self._threads, self._contested))
            exchange = await self._read_post(post_id, known=known.get(post_id))
            if exchange.state is not None and exchange.state.tag is not None:
                known[post_id] = exchange.state
            await asyncio.sleep(PAUSE)

    async def _read_post(self, post_id: str, *, known: State | None = None, insist: bool = False) -> Exchange:
        headers = {} if known is None or known.tag is None else {"if-none-match": known.tag}
        ask = self._insist if insist else self._ask
        path = f"/posts/{post_id}?comments={NESTED}"
        return await ask("GET", path, Action.READ, post_id, known=known, headers=headers)

    async def _walk(self, path: str) -> list[dict[str, Any]]:
        """Read all pages of a list."""
        found: list[dict[str, Any]] = []
        url: str | None = f"{random.choice(self._addresses)}{path}"
        async with asyncio.timeout(PATIENCE):
            while url:
                answer = await self._client.get(url)
                if answer.status_code == 503:
                    await asyncio.sleep(5 * PAUSE)
                    continue
                assert answer.status_code == 200, answer.text
                found += answer.json()
                next_link = answer.links.get("next")
                url = str(answer.url.join(next_link["url"])) if next_link else None
        return found

    async def _insist(self, method: str, path: str, action: Action, resource: str, **more: Any) -> Exchange:  # noqa: ANN401 - for `_ask`
        """Repeat the request until its answer is final."""
        async with asyncio.timeout(PATIENCE):
            while True:
                exchange = await self._ask(method, path, action, resource, **more)
                if exchange.status not in (None, 429, 503):
                    return exchange
                await asyncio.sleep(5 * PAUSE)

    async def _ask(
        self,
        method: str,
        path: str,
        action: Action,
        resource: str,
        *,
        parent: str | None = None,
        content: str = "",
        based_on: str | None = None,
        known: State | None = None,
        json: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send one request, and record it with its answer."""
        headers = dict(headers or {}) | ({} if based_on is None else {"if-match": based_on})
        url = f"{random.choice(self._addresses)}{path}"
        sent = time.monotonic()
        answer: httpx.Response | None = None
        with suppress(httpx.TransportError):  # the server may or may not have processed it
            answer = await self._client.request(method, url, json=json, headers=headers)
        exchange = Exchange(
            action=action,
            resource=resource,
            sent=sent,
            answered=time.monotonic(),
            status=None if answer is None else answer.status_code,
            retry_after=answer is not None and "retry-after" in answer.headers,
            parent=parent,
            content=content,
            based_on=based_on,
            state=None if answer is None else _state_in(answer, action, known),
        )
        self.history.append(exchange)
        if exchange.is_acknowledged:
            self._acknowledged.set()
        return exchange


def _state_in(answer: httpx.Response, action: Action, known: State | None) -> State | None:
    """The state in a response; `known`: the state for the request's `If-None-Match`."""
    if answer.status_code == 304:
        return known
    if answer.status_code == 404:
        return NOTHING
    if answer.status_code not in (200, 201):
        return None
    body = answer.json()
    return State(
        version=body["version"] if "version" in body else int(body["revision"].partition("-")[0]),
        content=body["title"] if "title" in body else body["content"],
        tag=answer.headers["etag"] if action is Action.READ else None,
        comment_count=body.get("comment_count", 0),
        comments=frozenset(comment["id"] for comment in body.get("comments", ())),
    )
