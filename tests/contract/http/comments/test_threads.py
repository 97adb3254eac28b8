"""A thread of comments: inside its post, and page by page."""

import asyncio

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
    read_post,
    walked,
)

MOMENT = "2026-01-01T00:00:00Z"


async def grow(client: httpx.AsyncClient, post_id: str, count: int, first: int = 1) -> list[str]:
    """Add this many comments with the same date. Returns their ids, oldest first."""
    ids = [numbered(number) for number in range(first, first + count)]
    for each in ids:
        await comment_on(client, post_id, id=each, publication_date=MOMENT)
    return ids


async def test_an_empty_thread_is_an_empty_array(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    response = await read(client, f"/posts/{post['id']}/comments")
    assert response.json() == []
    assert "link" not in response.headers


async def test_a_post_shows_a_hundred_of_150_comments_and_the_pages_all_of_them(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client)
    ids = await grow(client, post["id"], 150)
    path = f"/posts/{post['id']}"
    shown = await read_post(client, post["id"])
    assert [comment["id"] for comment in shown["comments"]] == ids[:100]
    assert (shown["comment_count"], shown["version"]) == (150, 151)
    listed_post = (await read(client, "/posts")).json()[0]
    assert [comment["id"] for comment in listed_post["comments"]] == ids[:10]
    for asked, count in ((0, 0), (1, 1), (99, 99), (100, 100), (101, 100), (2**31 - 1, 100)):
        assert len((await read(client, f"{path}?comments={asked}")).json()["comments"]) == count
    assert await listed(client, f"{path}/comments") == ids[:10]
    assert await listed(client, f"{path}/comments?limit=1000") == ids[:100]
    for limit in (7, 50, 100, 1000):
        assert await walked(client, f"{path}/comments?limit={limit}") == ids
    # One with an older date takes its place inside.
    await comment_on(client, post["id"], id=numbered(500), publication_date="2020-01-01T00:00:00Z")
    shown = await read_post(client, post["id"])
    assert [comment["id"] for comment in shown["comments"]] == [numbered(500), *ids[:99]]
    assert await walked(client, f"{path}/comments?limit=60") == [numbered(500), *ids]
    for gone in (numbered(500), ids[0]):
        await client.delete(f"{path}/comments/{gone}")
    assert [comment["id"] for comment in (await read_post(client, post["id"]))["comments"]] == ids[1:101]
    assert (await client.delete(f"{path}?permanently=true")).status_code == 204
    assert_problem(await client.get(f"{path}/comments"), 404)


async def test_comments_come_oldest_first_and_by_their_ids_where_dates_are_equal(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client)
    dates = {
        3: MOMENT,
        1: MOMENT,
        2: "2025-12-31T23:59:59.999Z",
        9: "0001-01-01T00:00:00Z",
        4: "9999-12-31T23:59:59.999Z",
    }
    for number in (1, 4, 9, 3, 2):
        await comment_on(client, post["id"], id=numbered(number), publication_date=dates[number])
    ordered = [numbered(number) for number in (9, 2, 1, 3, 4)]
    assert await listed(client, f"/posts/{post['id']}/comments") == ordered
    assert [comment["id"] for comment in (await read_post(client, post["id"]))["comments"]] == ordered
    for limit in (1, 2, 4):
        assert await walked(client, f"/posts/{post['id']}/comments?limit={limit}") == ordered


@pytest.mark.parametrize("limit", [1, 2, 4, 8, 9])
async def test_following_the_links_gives_every_comment_once(client: httpx.AsyncClient, limit: int) -> None:
    post, other = await publish(client), await publish(client)
    ids = await grow(client, post["id"], 8)
    await grow(client, other["id"], 3, first=100)
    assert await walked(client, f"/posts/{post['id']}/comments?limit={limit}") == ids


async def test_a_limit_of_zero_is_an_empty_page(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    await grow(client, post["id"], 1)
    response = await read(client, f"/posts/{post['id']}/comments?limit=0")
    assert response.json() == []
    assert next_page(response) is None


async def test_comments_made_and_removed_between_pages_do_not_move_the_others(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client)
    ids = await grow(client, post["id"], 9, first=100)
    path = f"/posts/{post['id']}/comments"
    first = await read(client, f"{path}?limit=3")
    page = next_page(first)
    assert page is not None
    for each in (ids[1], ids[2], ids[6]):
        await client.delete(f"{path}/{each}")
    await comment_on(client, post["id"], id=numbered(1), publication_date=MOMENT)
    await comment_on(client, post["id"], id=numbered(500), publication_date=MOMENT)
    assert await walked(client, page) == [*ids[3:6], *ids[7:], numbered(500)]


async def test_a_thread_is_steady_while_others_write(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    staying = await grow(client, post["id"], 20, first=1000)
    path = f"/posts/{post['id']}/comments"

    async def write() -> None:
        for number in range(15):
            await comment_on(client, post["id"], id=numbered(number + 1), publication_date=MOMENT)
            await comment_on(client, post["id"], id=numbered(number + 2000), publication_date=MOMENT)
            if number % 3:
                await client.delete(f"{path}/{numbered(number + 2000)}")

    async def keep_reading() -> list[list[str]]:
        return [await walked(client, f"{path}?limit=3", is_at_rest=False) for _ in range(4)]

    _, walks, more = await asyncio.gather(write(), keep_reading(), keep_reading())
    for seen in walks + more:
        assert len(set(seen)) == len(seen)
        assert [each for each in seen if each in staying] == staying


NO_PAGES = ("limit=-1", f"limit={2**31}", "limit=x", f"limit={'9' * 30}", "after=x", "after=", "after=AAAA")


async def test_invalid_parameters_of_a_thread_are_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    for query in NO_PAGES:
        with subtests.test(query=query):
            answer = await client.get(f"/posts/{post['id']}/comments?{query}")
            problem = assert_problem(answer, 422, query.partition("=")[0])
            assert [error["in"] for error in problem["errors"]] == ["query"]


async def test_a_cursor_of_one_thread_works_in_any_other(client: httpx.AsyncClient) -> None:
    post, other = await publish(client), await publish(client)
    await grow(client, post["id"], 2, first=50)
    ids = await grow(client, other["id"], 2, first=100)
    page = next_page(await read(client, f"/posts/{post['id']}/comments?limit=1"))
    assert page is not None
    assert await walked(client, page.replace(post["id"], other["id"])) == ids
