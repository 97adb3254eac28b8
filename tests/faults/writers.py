"""Writers that retry their requests, and remember what was acknowledged."""

import asyncio
from dataclasses import dataclass, field

import httpx

from everpost.domain.ids import Id, new_id
from everpost.stores import open_store
from tests.contract.port import examples
from tests.faults.served import AS_ADMIN, NO_TLS, PATIENCE


@dataclass
class Writers:
    """Tasks that add comments to one post until they are stopped."""

    api: str
    post_id: str
    statuses: list[int] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: int = 0
    stopping: bool = False
    _written: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, client: httpx.AsyncClient) -> None:
        """Add comments one by one; one whose response was lost is sent again under the same id."""
        comment_id = new_id()
        while not self.stopping:
            try:
                answer = await client.post(
                    f"{self.api}/posts/{self.post_id}/comments",
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
        """Wait until this many more comments have been acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < wanted:
                await self._written.wait()
                self._written.clear()


async def create_post(api: str) -> str:
    """Create a post to comment on. Returns its id."""
    async with httpx.AsyncClient(headers=AS_ADMIN, verify=NO_TLS) as client:
        answer = await client.post(f"{api}/posts", json={"title": "Faults", "content": ""})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def read_kept(database_url: str, post_id: str) -> set[str]:
    """The ids of all comments of a post in the database, read directly after the server has ended."""
    store = await open_store(database_url, timeout=PATIENCE, pool_size=1)
    try:
        kept = {str(comment.id) for comment in await examples.read_thread(store, Id(post_id))}
        assert (await store.posts.get(Id(post_id), comments=0)).comment_count == len(kept)
    finally:
        await store.close()
    return kept
