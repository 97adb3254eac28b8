"""A client that records its requests."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import httpx

from tests.failovers.harness.history import NOTHING, REMOVED, Action, Exchange, State

PATIENCE = 90.0
"""Seconds within which a blog accepts writes again after a failover, and within which a request ends."""
PAUSE = 0.02
"""Seconds between two requests of a client; after a refusal five times as long."""
NESTED = 5
"""The number of comments in a post: always the same representation, so that ETags can be compared."""


class Recorder:
    """The history of all clients."""

    def __init__(self) -> None:
        self.history: list[Exchange] = []
        self.acknowledged = asyncio.Event()
        """Set by each acknowledged write."""
        self._removals: set[str] = set()

    def expect_removal(self, resource: str) -> None:
        """The request to remove it is about to be sent."""
        self._removals.add(resource)

    def add(self, exchange: Exchange) -> None:
        self.history.append(exchange)
        if exchange.is_acknowledged:
            self.acknowledged.set()

    def missing(self, resource: str) -> State:
        """The state of a resource that does not exist."""
        return REMOVED if resource in self._removals else NOTHING


class Client:
    """Sends requests to one of the servers at these addresses, beginning with the first; after a refusal, to
    the next one, unless it `stays`.
    """

    def __init__(
        self, http: httpx.AsyncClient, addresses: Sequence[str], recorder: Recorder, *, stays: bool = False
    ) -> None:
        self._http = http
        self._addresses = addresses
        self._recorder = recorder
        self._stays = stays
        self._current = 0

    def return_to_first(self) -> None:
        """Send the next request to the first server."""
        self._current = 0

    async def read_post(self, post_id: str, *, known: State | None = None, insist: bool = False) -> Exchange:
        headers = {} if known is None or known.tag is None else {"if-none-match": known.tag}
        path = f"/posts/{post_id}?comments={NESTED}"
        ask = self.insist if insist else self.ask
        return await ask("GET", path, Action.READ, post_id, known=known, headers=headers)

    async def read_comment(self, post_id: str, comment_id: str) -> Exchange:
        return await self.ask("GET", f"/posts/{post_id}/comments/{comment_id}", Action.READ, comment_id)

    async def walk(self, path: str) -> list[dict[str, Any]]:
        """Read all pages of a list."""
        found: list[dict[str, Any]] = []
        url: str | None = f"{self._addresses[0]}{path}"
        async with asyncio.timeout(PATIENCE):
            while url:
                answer = await self._http.get(url)
                if answer.status_code == 503:
                    await asyncio.sleep(5 * PAUSE)
                    continue
                assert answer.status_code == 200, answer.text
                found += answer.json()
                next_link = answer.links.get("next")
                url = str(answer.url.join(next_link["url"])) if next_link else None
        return found

    async def insist(self, method: str, path: str, action: Action, resource: str, **more: Any) -> Exchange:  # noqa: ANN401 - for `ask`
        """Repeat the request until its answer is final."""
        async with asyncio.timeout(PATIENCE):
            while True:
                exchange = await self.ask(method, path, action, resource, **more)
                if not exchange.is_refused:
                    return exchange
                await asyncio.sleep(5 * PAUSE)

    async def ask(
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
        """Send one request, and record it with its answer. `known`: the state for its `If-None-Match`."""
        headers = dict(headers or {}) | ({} if based_on is None else {"if-match": based_on})
        url = f"{self._addresses[self._current]}{path}"
        if action is Action.REMOVE:
            self._recorder.expect_removal(resource)
        sent = time.monotonic()
        answer: httpx.Response | None = None
        with suppress(httpx.TransportError):  # the server may or may not have processed it
            answer = await self._http.request(method, url, json=json, headers=headers)
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
            state=None if answer is None else self._state_in(answer, action, resource, known),
        )
        self._recorder.add(exchange)
        if exchange.is_refused and not self._stays:
            self._current = (self._current + 1) % len(self._addresses)
        return exchange

    def _state_in(
        self, answer: httpx.Response, action: Action, resource: str, known: State | None
    ) -> State | None:
        match answer.status_code:
            case 304:
                return known
            case 404:
                return self._recorder.missing(resource)
            case 204:
                return REMOVED
            case 200 | 201:
                body = answer.json()
                return State(
                    version=body.get("version") or int(body["revision"].partition("-")[0]),
                    content=body["title"] if "title" in body else body["content"],
                    tag=answer.headers["etag"] if action is Action.READ else None,
                    comment_count=body.get("comment_count", 0),
                    comments=frozenset(comment["id"] for comment in body.get("comments", ())),
                )
            case _:
                return None
