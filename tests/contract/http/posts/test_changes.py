"""`updated_after` pages through the changes of posts, and misses none that is committed late."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from everpost.api.endpoints import posts as endpoint
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostChange, PostKind, PostStatus
from everpost.services.policies import Policies
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.contract.http.calls import assert_problem, listed, next_page, numbered, read
from tests.contract.http.conftest import Applications

START = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SETTLING = Policies.of(Settings()).settling


class Blog:
    """A blog whose posts were updated at chosen times, and whose clock stands still."""

    def __init__(self, client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client = client
        self._store = store
        self._monkeypatch = monkeypatch

    def set_clock(self, seconds: float) -> None:
        """Set the clock to this time after `START`, plus the time after which changes are listed."""
        moment = START + seconds * SECOND + SETTLING
        self._monkeypatch.setattr(endpoint, "now", lambda: moment)

    async def add(self, number: int, seconds: float, **fields: object) -> None:
        moment = START + seconds * SECOND
        post = Post(
            id=Id(numbered(number)),
            title="Title",
            content="",
            slug=f"slug-{number}",
            publication_date=START,
            updated_at=moment,
            **fields,  # type: ignore[arg-type]
        )
        await self._store.posts.add(post)

    async def change(self, number: int, seconds: float) -> None:
        change = PostChange(updated_at=START + seconds * SECOND, title="New")
        await self._store.posts.save(Id(numbered(number)), change, match=None, comments=0)

    async def follow(self, since: str, limit: int = 100) -> AsyncIterator[tuple[int, str]]:
        """The changes after this time as their rule says: the number of each post, and its time."""
        link: str | None = f"/posts?updated_after={since}&limit={limit}"
        while link is not None:
            answer = await read(self.client, link)
            for row in answer.json():
                yield int(row["id"], 16), row["updated_at"]
            link = next_page(answer)


@pytest.fixture
async def blog(
    client: httpx.AsyncClient, applications: Applications, store_name: str, monkeypatch: pytest.MonkeyPatch
) -> Blog:
    blog = Blog(client, (await applications.empty_blog(store_name)).store, monkeypatch)
    blog.set_clock(100)
    return blog


def at(seconds: float) -> str:
    return (START + seconds * SECOND).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_changes_are_listed_in_their_order_from_a_time_on(blog: Blog) -> None:
    for number, seconds in ((5, 1), (4, 2), (3, 2), (2, 3), (1, 0)):
        await blog.add(number, seconds)
    for limit in (1, 2, 100):
        assert [row async for row in blog.follow(at(0), limit)] == [
            *((5, at(1)), (3, at(2)), (4, at(2))),
            (2, at(3)),
        ]
    assert [number async for number, _ in blog.follow(at(1.999))] == [3, 4, 2]
    assert [number async for number, _ in blog.follow(at(2))] == [2]
    assert [number async for number, _ in blog.follow(at(3))] == []


async def test_a_change_is_listed_once_it_is_old_enough(blog: Blog) -> None:
    await blog.add(1, 5)
    blog.set_clock(4.999)
    assert [number async for number, _ in blog.follow(at(0))] == []
    blog.set_clock(5)
    assert [number async for number, _ in blog.follow(at(0))] == [1]


async def test_a_transaction_that_commits_late_is_not_missed(blog: Blog) -> None:
    """It began before the changes that the reader has already seen, as on a server whose clock is slow."""
    settling = SETTLING.total_seconds()
    seen: list[int] = []
    since = at(0)
    for number in range(1, 9):
        current = 100 + number
        blog.set_clock(current - settling)
        await blog.add(number, current)
        await blog.add(100 + number, current - settling + 0.001)
        changes = [change async for change in blog.follow(since, limit=2)]
        seen += [each for each, _ in changes]
        since = changes[-1][1] if changes else since
    assert 0 < len(seen) < 8
    blog.set_clock(200)
    seen += [each async for each, _ in blog.follow(since)]
    assert sorted(seen) == [*range(1, 9), *range(101, 109)]


async def test_a_post_that_changes_while_it_is_paged_is_listed_at_its_last_change(blog: Blog) -> None:
    for number in range(1, 5):
        await blog.add(number, number)
    pages = blog.follow(at(0), limit=1)
    seen = [await anext(pages)]
    await blog.change(1, 10)
    await blog.change(3, 11)
    seen += [row async for row in pages]
    assert seen == [(1, at(1)), (2, at(2)), (4, at(4)), (1, at(10)), (3, at(11))]


async def test_changes_can_be_filtered_like_lists(blog: Blog) -> None:
    await blog.add(1, 1, tags=("a",))
    await blog.add(2, 2, kind=PostKind.PAGE)
    await blog.add(3, 3, status=PostStatus.DRAFT)
    since = f"/posts?updated_after={at(0)}"
    assert await listed(blog.client, since) == [numbered(1)]
    assert await listed(blog.client, f"{since}&tag=a&sort=updated_at") == [numbered(1)]
    assert await listed(blog.client, f"{since}&kind=page") == [numbered(2)]
    assert await listed(blog.client, f"{since}&status=draft") == [numbered(3)]
    assert await listed(blog.client, f"{since}&slug=slug-1") == [numbered(1)]
    assert await listed(blog.client, f"/posts?updated_after={at(1)}&slug=slug-1") == []
    for other in ("sort=-updated_at", "skip=1", "count=true"):
        field = other.partition("=")[0]
        assert_problem(await blog.client.get(f"{since}&{other}"), 422, field)
    assert_problem(await blog.client.get("/posts?updated_after=yesterday"), 422, "updated_after")
