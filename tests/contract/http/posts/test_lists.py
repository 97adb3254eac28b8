"""The list of posts: its order, its pages and its parameters."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from tests.contract.http.calls import (
    assert_problem,
    comment_on,
    listed,
    next_page,
    numbered,
    publish,
    read,
    walked,
)

MOMENT = "2026-01-01T00:00:00Z"


async def publish_many(client: httpx.AsyncClient, count: int, first: int = 1) -> list[str]:
    """Publish this many posts with the same date. Returns their ids, newest first."""
    ids = [numbered(number) for number in range(first, first + count)]
    for each in ids:
        await publish(client, id=each, publication_date=MOMENT)
    return ids[::-1]


async def test_an_empty_blog_is_an_empty_array(client: httpx.AsyncClient) -> None:
    response = await read(client, "/posts")
    assert response.json() == []
    assert response.headers["content-type"] == "application/json"
    assert "link" not in response.headers
    assert "x-total-count" not in response.headers
    assert (await read(client, "/posts?count=true")).headers["x-total-count"] == "0"


async def test_posts_come_newest_first_and_by_their_ids_where_dates_are_equal(
    client: httpx.AsyncClient,
) -> None:
    dates = {
        3: "2026-01-01T00:00:00Z",
        1: "2026-01-01T00:00:00Z",
        2: "2026-01-01T00:00:00.001Z",
        9: "0001-01-01T00:00:00Z",
    }
    for number in (1, 9, 3, 2):
        await publish(client, id=numbered(number), publication_date=dates[number])
    assert await listed(client, "/posts") == [numbered(number) for number in (2, 3, 1, 9)]


async def test_a_listed_post_is_the_post(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="slug", tags=["b", "a"])
    await comment_on(client, post["id"])
    rows = (await read(client, "/posts")).json()
    assert rows == [(await read(client, f"/posts/{post['id']}")).json()]


async def test_a_page_has_ten_rows_by_default(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 11)
    assert await listed(client, "/posts") == ids[:10]
    assert await walked(client, "/posts") == ids


async def test_a_page_has_a_hundred_rows_at_most(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 101)
    assert await listed(client, "/posts?limit=100") == ids[:100]
    for limit in (101, 2**31 - 1):
        response = await read(client, f"/posts?limit={limit}&comments=0")
        assert [row["id"] for row in response.json()] == ids[:100]
        link = next_page(response)
        assert link is not None
        assert await listed(client, link) == ids[100:]


async def test_a_limit_of_zero_is_an_empty_array(client: httpx.AsyncClient) -> None:
    await publish_many(client, 2)
    response = await read(client, "/posts?limit=0&count=true")
    assert response.json() == []
    assert response.headers["x-total-count"] == "2"
    assert next_page(response) is None


async def test_rows_are_skipped(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 5)
    assert await listed(client, "/posts?skip=0") == ids
    assert await listed(client, "/posts?skip=2&limit=2") == ids[2:4]
    assert await listed(client, "/posts?skip=4") == ids[4:]
    for skip in (5, 6, 10_000):
        response = await read(client, f"/posts?skip={skip}")
        assert response.json() == []
        assert next_page(response) is None
    assert await walked(client, "/posts?skip=1&limit=2") == ids[1:]


async def test_the_total_is_returned_on_request(client: httpx.AsyncClient) -> None:
    await publish_many(client, 3)
    assert (await read(client, "/posts?limit=1&skip=1&count=true")).headers["x-total-count"] == "3"
    assert "x-total-count" not in (await read(client, "/posts?limit=1")).headers
    assert "x-total-count" not in (await read(client, "/posts?limit=1&count=false")).headers


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 100])
async def test_following_the_links_gives_every_post_once(client: httpx.AsyncClient, limit: int) -> None:
    ids = await publish_many(client, 8)
    assert await walked(client, f"/posts?limit={limit}") == ids


async def test_a_link_keeps_the_parameters_of_its_page(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 6)
    for each in ids:
        await comment_on(client, each)
        await comment_on(client, each)
    page: str | None = "/posts?limit=2&comments=1"
    for start in (0, 2, 4):
        assert page is not None
        response = await read(client, page)
        assert [row["id"] for row in response.json()] == ids[start : start + 2]
        assert [len(row["comments"]) for row in response.json()] == [1, 1]
        page = next_page(response)
    assert page is None


async def test_a_full_last_page_has_no_link(client: httpx.AsyncClient) -> None:
    await publish_many(client, 4)
    assert next_page(await read(client, "/posts?limit=4")) is None
    assert next_page(await read(client, "/posts?limit=3")) is not None


async def test_posts_made_and_removed_between_pages_do_not_move_the_others(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 9, first=100)
    seen: list[str] = []
    page: str | None = "/posts?limit=3"
    removed = [ids[2], ids[7]]
    for step in range(3):
        assert page is not None
        response = await read(client, page)
        seen += [row["id"] for row in response.json()]
        page = next_page(response)
        if step == 0:
            for each in removed:
                await client.delete(f"/posts/{each}")
            await publish(client, id=numbered(500), publication_date=MOMENT)
            await publish(client, publication_date="2030-01-01T00:00:00Z")
            await publish(client, id=numbered(1), publication_date=MOMENT)
    assert page is None
    assert seen == [each for each in ids if each != ids[7]] + [numbered(1)]


async def test_a_cursor_outlives_the_post_it_was_made_from(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 4)
    page = next_page(await read(client, "/posts?limit=2"))
    assert page is not None
    await client.delete(f"/posts/{ids[1]}")
    assert await listed(client, page) == ids[2:]


async def test_pages_are_steady_while_others_write(client: httpx.AsyncClient) -> None:
    staying = await publish_many(client, 20, first=1000)

    async def write() -> None:
        for number in range(15):
            await publish(client, id=numbered(number + 1), publication_date=MOMENT)
            await publish(client, id=numbered(number + 2000), publication_date=MOMENT)
            if number % 3:
                await client.delete(f"/posts/{numbered(number + 2000)}")

    async def keep_reading() -> list[Sequence[str]]:
        return [await walked(client, "/posts?limit=3&comments=0") for _ in range(4)]

    _, *walks = await asyncio.gather(write(), keep_reading(), keep_reading())
    for seen in (each for walk in walks for each in walk):
        assert len(set(seen)) == len(seen)
        assert [each for each in seen if each in staying] == staying


@pytest.mark.parametrize("name", ["limit", "skip", "comments"])
async def test_numbers_are_whole_and_in_range(
    client: httpx.AsyncClient, name: str, subtests: pytest.Subtests
) -> None:
    for value in ("-1", str(2**31), "9" * 30, "9" * 5000, "x", "1.5", "1e2", "", "null", "%00", "१x"):
        with subtests.test(value=value):
            problem = assert_problem(await client.get(f"/posts?{name}={value}"), 422, name)
            assert [error["in"] for error in problem["errors"]] == ["query"]


async def test_the_largest_number_is_accepted(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 1)
    largest = 2**31 - 1
    assert await listed(client, f"/posts?limit={largest}&comments={largest}") == ids
    assert await listed(client, f"/posts?skip=10000&limit={largest}") == []
    assert (await read(client, f"/posts/{ids[0]}?comments={largest}")).status_code == 200


async def test_count_is_a_boolean(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/posts?count=maybe"), 422, "count")


async def test_a_forged_cursor_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    for cursor in ("", "x", "AAAA", "MTc2NzI2ODgwMDAwMA", "=", "%00", "MTIz.abc", "é", "../..", "a" * 9000):
        with subtests.test(cursor=cursor):
            problem = assert_problem(await client.get(f"/posts?after={cursor}"), 422, "after")
            assert [error["in"] for error in problem["errors"]] == ["query"]


async def test_a_cursor_and_skip_cannot_be_combined(client: httpx.AsyncClient) -> None:
    await publish_many(client, 2)
    page = next_page(await read(client, "/posts?limit=1"))
    assert page is not None
    assert_problem(await client.get(f"{page}&skip=1"), 422)


async def test_unknown_parameters_are_ignored(client: httpx.AsyncClient) -> None:
    ids = await publish_many(client, 1)
    assert await listed(client, "/posts?colour=red&title[$ne]=x&$where=1&limit[]=3") == ids


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 10), ("&comments=0", 0), ("&comments=3", 3), ("&comments=11", 10)]
)
async def test_each_listed_post_shows_its_oldest_comments(
    client: httpx.AsyncClient, asked: str, shown: int
) -> None:
    first, second = await publish_many(client, 2)
    for number in range(12):
        await comment_on(client, first, content=str(number), publication_date=MOMENT, id=numbered(number + 1))
    await comment_on(client, second, content="the only one")
    rows = (await read(client, f"/posts?limit=2{asked}")).json()
    assert [comment["content"] for comment in rows[0]["comments"]] == [str(number) for number in range(shown)]
    assert [row["comment_count"] for row in rows] == [12, 1]
    assert len(rows[1]["comments"]) == min(1, shown)


async def test_pages_are_listed_only_as_pages(client: httpx.AsyncClient) -> None:
    post, page = await publish(client, tags=["a"]), await publish(client, kind="page", slug="about")
    assert await listed(client, "/posts") == await listed(client, "/posts?kind=post") == [post["id"]]
    assert await listed(client, "/posts?kind=page") == [page["id"]]
    assert (await read(client, "/posts?count=true&kind=page")).headers["x-total-count"] == "1"
    assert await listed(client, "/posts?slug=about&kind=post") == []
    assert await listed(client, "/posts?slug=about") == [page["id"]]
    assert_problem(await client.get("/posts?kind=any"), 422, "kind")
    await publish(client, kind="page")
    link = next_page(await read(client, "/posts?kind=page&limit=1"))
    assert link is not None
    assert "kind=page" in link
    assert await listed(client, link) == [page["id"]]
