"""Slugs: normalised, unique, and free again when they are given up."""

import asyncio

import httpx
import pytest

from tests.contract.http.calls import assert_problem, listed, publish, read_post

NORMALISED = {
    "Hello, World!": "hello-world",
    "  --A__b..C--  ": "a-b-c",
    "Ünïcode ÉTÉ": "ünïcode-été",
    "\ufb01ne \uff12\uff10\uff12\uff16": "fine-2026",
    "Привет, мир": "привет-мир",
    "日本語 の ブログ": "日本語-の-ブログ",
    "a" * 255: "a" * 255,
    "\U00020000" * 255: "\U00020000" * 255,
}


@pytest.mark.parametrize(("sent", "kept"), NORMALISED.items(), ids=range(len(NORMALISED)))
async def test_a_slug_is_kept_in_lower_case_with_single_hyphens(
    client: httpx.AsyncClient, sent: str, kept: str
) -> None:
    post = await publish(client, slug=sent)
    assert post["slug"] == kept
    assert (await read_post(client, post["id"]))["slug"] == kept
    other = await publish(client)
    assert_problem(await client.patch(f"/posts/{other['id']}", json={"slug": kept}), 409, "slug")


@pytest.mark.parametrize("slug", ["", " ", "!?", "---", "🙂", "a" * 256, "\u0301"])
async def test_a_slug_needs_a_letter_or_a_digit_and_not_too_many(
    client: httpx.AsyncClient, slug: str
) -> None:
    post = await publish(client, slug="kept")
    assert_problem(
        await client.post("/posts", json={"title": "T", "content": "C", "slug": slug}), 422, "slug"
    )
    assert_problem(await client.patch(f"/posts/{post['id']}", json={"slug": slug}), 422, "slug")
    assert (await read_post(client, post["id"]))["slug"] == "kept"


async def test_a_taken_slug_is_a_conflict(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="taken")
    other = await publish(client)
    refused = await client.post("/posts", json={"title": "T", "content": "C", "slug": "Taken!"})
    detail = "Another post has this slug already."
    assert_problem(refused, 409, "slug", detail=detail)
    assert_problem(
        await client.patch(f"/posts/{other['id']}", json={"slug": " TAKEN "}), 409, "slug", detail=detail
    )
    assert sorted(await listed(client, "/posts")) == sorted([post["id"], other["id"]])
    assert await read_post(client, other["id"]) == other


async def test_a_conflict_changes_nothing_else_of_the_post(client: httpx.AsyncClient) -> None:
    await publish(client, slug="taken")
    post = await publish(client, slug="mine")
    assert_problem(
        await client.patch(f"/posts/{post['id']}", json={"title": "T", "slug": "taken"}), 409, "slug"
    )
    assert await read_post(client, post["id"]) == post


async def test_slugs_are_compared_byte_by_byte(client: httpx.AsyncClient) -> None:
    slugs = [
        "cafe",
        "café",
        "cafè",
        "strasse",
        "straße",
        "\u0131",
        "i",
        "\u0430",
        "a",
        "1",
        "01",
        "è",
        "e",
        "œ",
        "oe",
        "ñ",
        "n",
    ]
    for slug in slugs:
        assert (await publish(client, slug=slug))["slug"] == slug


async def test_any_number_of_posts_have_no_slug(client: httpx.AsyncClient) -> None:
    first, second = await publish(client), await publish(client, slug=None)
    third = await publish(client, slug="slug")
    await client.patch(f"/posts/{third['id']}", json={"slug": None})
    assert len(await listed(client, "/posts")) == 3
    assert (first["slug"], second["slug"]) == (None, None)


async def test_a_post_may_keep_its_own_slug(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="mine")
    response = await client.patch(f"/posts/{post['id']}", json={"slug": "Mine", "title": "T"})
    assert (response.status_code, response.json()["slug"]) == (200, "mine")


async def test_a_slug_is_free_when_its_post_is_gone_or_has_another(client: httpx.AsyncClient) -> None:
    post, other = await publish(client, slug="one"), await publish(client, slug="two")
    await client.delete(f"/posts/{post['id']}")
    await client.patch(f"/posts/{other['id']}", json={"slug": "three"})
    assert (await publish(client, slug="one"))["slug"] == "one"
    assert (await publish(client, slug="two"))["slug"] == "two"


async def test_of_many_that_want_a_slug_at_once_one_gets_it(client: httpx.AsyncClient) -> None:
    body = {"title": "T", "content": "C", "slug": "wanted"}
    answers = await asyncio.gather(*(client.post("/posts", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await listed(client, "/posts")) == 1
    others = [await publish(client) for _ in range(6)]
    answers = await asyncio.gather(
        *(client.patch(f"/posts/{other['id']}", json={"slug": "another"}) for other in others)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
