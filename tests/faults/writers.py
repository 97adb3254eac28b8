"""Writers who do not give up, and remember what was acknowledged."""

import asyncio
from dataclasses import dataclass, field

import httpx

from everpost.domain.ids import new_id
from tests.faults.served import AS_ADMIN, PATIENCE


@dataclass
class Writers:
    """Tasks that put comments under one post until told to stop."""

    address: str
    post_id: str
    statuses: list[int] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0
    stopping: bool = False
    _written: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, client: httpx.AsyncClient) -> None:
        """Comment after comment; one whose answer got lost is sent again under the same id."""
        comment_id = new_id()
        while not self.stopping:
            try:
                answer = await client.post(
                    f"{self.address}/posts/{self.post_id}/comments",
                    json={"id": comment_id, "content": "kept"},
                    headers=AS_ADMIN,
                )
            except httpx.TransportError:
                self.unanswered += 1
                await asyncio.sleep(0.01)
                continue
            self.statuses.append(answer.status_code)
            if answer.is_success:
                self.acknowledged.add(comment_id)
                self._written.set()
                comment_id = new_id()

    async def until_acknowledged(self, count: int) -> None:
        """Return when so many more comments than now were acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < wanted:
                await self._written.wait()
                self._written.clear()


async def create_post(address: str) -> str:
    """A post to comment on; its id."""
    async with httpx.AsyncClient(headers=AS_ADMIN) as client:
        answer = await client.post(f"{address}/posts", json={"title": "Faults", "content": ""})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def read_thread(address: str, post_id: str) -> list[str]:
    """The ids of all comments of a post, page by page; as many as the post says it has."""
    ids: list[str] = []
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        target: str | None = f"/posts/{post_id}/comments?limit=100"
        while target is not None:
            answer = await client.get(target)
            assert answer.status_code == 200, answer.text
            ids += [comment["id"] for comment in answer.json()]
            target = answer.links["next"]["url"] if "next" in answer.links else None
        post = (await client.get(f"/posts/{post_id}")).json()
    assert post["comment_count"] == len(ids) == len(set(ids))
    return ids
