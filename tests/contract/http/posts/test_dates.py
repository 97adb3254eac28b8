"""Dates: aware, in UTC, in whole milliseconds, from the first day of the calendar to the last."""

import httpx
import pytest

from tests.contract.http.calls import assert_problem, comment_on, listed, publish, read, read_post, walked

KEPT = {
    "2026-01-01T12:00:00Z": "2026-01-01T12:00:00.000Z",
    "2026-01-01T13:00:00+01:00": "2026-01-01T12:00:00.000Z",
    "2026-01-01T00:15:00-11:45": "2026-01-01T12:00:00.000Z",
    "2026-01-02T02:00:00+14:00": "2026-01-01T12:00:00.000Z",
    "2026-01-01T12:00:00.1Z": "2026-01-01T12:00:00.100Z",
    "2026-01-01T12:00:00.999999Z": "2026-01-01T12:00:00.999Z",
    "2026-01-01T12:00:00.0009Z": "2026-01-01T12:00:00.000Z",
    "2026-01-01T12:00:00.123456789Z": "2026-01-01T12:00:00.123Z",
    "1970-01-01T00:00:00Z": "1970-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.9999Z": "1969-12-31T23:59:59.999Z",
    "1969-12-31T23:59:59.0009Z": "1969-12-31T23:59:59.000Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
    "0001-01-01T14:00:00.0019+14:00": "0001-01-01T00:00:00.001Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999Z",
    "9999-12-31T12:00:00.9999-11:59": "9999-12-31T23:59:00.999Z",
    "0099-12-31T23:59:59Z": "0099-12-31T23:59:59.000Z",
    "1582-10-10T00:00:00Z": "1582-10-10T00:00:00.000Z",
    "1000-02-28T23:59:59.001Z": "1000-02-28T23:59:59.001Z",
    "2038-01-19T03:14:08Z": "2038-01-19T03:14:08.000Z",
    "2024-02-29T23:59:59.500Z": "2024-02-29T23:59:59.500Z",
    "2025-03-30T02:30:00+01:00": "2025-03-30T01:30:00.000Z",
}

REFUSED = [
    "2026-01-01T12:00:00",
    "2026-01-01",
    "12:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "+12026-01-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-32T00:00:00Z",
    "2026-01-01T24:00:01Z",
    "2026-01-01T25:00:00Z",
    "2026-01-01T12:60:00Z",
    "2026-01-01T12:00:61Z",
    "2026-01-01T12:00:00+25:00",
    "2026-W01-1T00:00:00Z",
    "Thu, 01 Jan 2026 12:00:00 GMT",
    "now",
    "",
    " ",
    "1767268800",
    "-1",
    "1e3",
    1767268800,
    -1,
    0,
    1.5,
    10**30,
    True,
    [],
    {},
    {"$date": "2026-01-01T12:00:00Z"},
    "2026-01-01T12:00:00Z; DROP TABLE posts",
    "\uff12\uff10\uff12\uff16-01-01T12:00:00Z",
]


@pytest.mark.parametrize(("sent", "kept"), KEPT.items(), ids=KEPT.keys())
async def test_a_date_comes_back_in_utc_and_in_milliseconds(
    client: httpx.AsyncClient, sent: str, kept: str
) -> None:
    post = await publish(client, publication_date=sent)
    assert post["publication_date"] == kept
    comment = await comment_on(client, post["id"], publication_date=sent)
    assert comment["publication_date"] == kept
    shown = await read_post(client, post["id"])
    assert (shown["publication_date"], shown["comments"]) == (kept, [comment])
    assert (await read(client, "/posts")).json() == [shown]
    assert await publish(client, id="f" * 24, publication_date=kept)
    assert await walked(client, "/posts?limit=1") == ["f" * 24, post["id"]]


async def test_an_invalid_date_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    for sent in REFUSED:
        with subtests.test(sent=sent):
            date = {"publication_date": sent}
            created = await client.post("/posts", json={"title": "T", "content": "C", **date})
            assert_problem(created, 422, "publication_date")
            assert_problem(await client.patch(path, json=date), 422, "publication_date")
            commented = await client.post(f"{path}/comments", json={"content": "C", **date})
            assert_problem(commented, 422, "publication_date")
    assert await listed(client, "/posts") == [post["id"]]
    assert await read_post(client, post["id"]) == post


async def test_a_changed_date_moves_the_post_in_the_list(client: httpx.AsyncClient) -> None:
    older = await publish(client, publication_date="2020-01-01T00:00:00Z")
    newer = await publish(client, publication_date="2021-01-01T00:00:00Z")
    assert await listed(client, "/posts") == [newer["id"], older["id"]]
    for date in ("2021-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z"):
        await client.patch(f"/posts/{older['id']}", json={"publication_date": date})
        assert await listed(client, "/posts") == [older["id"], newer["id"]]
    await client.patch(f"/posts/{older['id']}", json={"publication_date": "0001-01-01T00:00:00Z"})
    assert await listed(client, "/posts") == [newer["id"], older["id"]]
