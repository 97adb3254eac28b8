"""Slugs: normalized, unique, and available again when they are no longer used."""

import asyncio
import re

import httpx
import pytest

from tests.contract.http.calls import assert_problem, listed, publish, read_post

NORMALIZED = {
    "Hello, World!": "hello-world",
    "  --A__b..C--  ": "a-b-c",
    "Ünïcode ÉTÉ": "ünïcode-été",
    "\ufb01ne \uff12\uff10\uff12\uff16": "fine-2026",
    "Привет, мир": "привет-мир",
    "日本語 の ブログ": "日本語-の-ブログ",
    "a" * 255: "a" * 255,
    "\U00020000" * 255: "\U00020000" * 255,
}


async def test_a_slug_is_kept_in_lower_case_with_single_hyphens(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    other = await publish(client)
    for sent, kept in NORMALIZED.items():
        with subtests.test(sent=sent):
            post = await publish(client, slug=sent)
            assert post["slug"] == kept
            assert (await read_post(client, post["id"]))["slug"] == kept
            assert_problem(await client.patch(f"/posts/{other['id']}", json={"slug": kept}), 409, "slug")


async def test_a_slug_needs_a_letter_or_a_digit_and_not_too_many(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client, slug="kept")
    for slug in ("", " ", "!?", "---", "🙂", "a" * 256, "\u0301"):
        with subtests.test(slug=slug):
            created = await client.post("/posts", json={"title": "T", "content": "C", "slug": slug})
            assert_problem(created, 422, "slug")
            assert_problem(await client.patch(f"/posts/{post['id']}", json={"slug": slug}), 422, "slug")
    assert (await read_post(client, post["id"]))["slug"] == "kept"


async def test_a_reserved_slug_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    post = await publish(client, slug="kept")
    for slug in ("archive", "API", " tags! ", "Feeds"):
        with subtests.test(slug=slug):
            created = await client.post("/posts", json={"title": "T", "content": "C", "slug": slug})
            assert_problem(created, 422, "slug")
            assert_problem(await client.patch(f"/posts/{post['id']}", json={"slug": slug}), 422, "slug")
    assert (await read_post(client, post["id"]))["slug"] == "kept"


async def test_a_reserved_word_as_a_title_makes_a_numbered_slug(client: httpx.AsyncClient) -> None:
    posts = await asyncio.gather(*(publish(client, title="Archive") for _ in range(5)))
    numbers = [f"archive-{number}" for number in range(2, 7)]
    assert sorted(post["slug"] for post in posts) == numbers
    renamed = await publish(client, title="Tags", slug="kept")
    for title, slug in (("Tags", "tags-2"), ("Tags", "tags-2"), ("Archive", "archive-7")):
        change = {"title": title, "slug": None}
        assert (await client.patch(f"/posts/{renamed['id']}", json=change)).json()["slug"] == slug


async def test_a_taken_slug_is_a_conflict(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="taken")
    other = await publish(client)
    refused = await client.post("/posts", json={"title": "T", "content": "C", "slug": "Taken!"})
    detail = "Another post, which may be in the trash, already has this slug."
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


DERIVED = {
    "Hello, World!": "hello-world",
    "Žluťoučký kůň": "zlutoucky-kun",
    "Привет, мир": "privet-mir",
    "日本語": "ribenyu",
    "Straße": "strasse",
    "!?": "post",
    "\u0301": "post",
    "a" * 255: "a" * 80,
    "word " * 51: "-".join(["word"] * 16),
}


@pytest.mark.parametrize(("title", "slug"), DERIVED.items(), ids=range(len(DERIVED)))
async def test_a_post_without_a_slug_gets_one_from_its_title(
    client: httpx.AsyncClient, title: str, slug: str
) -> None:
    post = await publish(client, title=title)
    assert post["slug"] == slug
    assert await read_post(client, post["id"]) == post
    assert (await publish(client, title=title, slug=None))["slug"] == f"{slug}-2"
    assert (await publish(client, title=title))["slug"] == f"{slug}-3"


async def test_a_new_title_keeps_the_slug_and_null_derives_it_again(
    client: httpx.AsyncClient,
) -> None:
    post = await publish(client, title="One")
    path = f"/posts/{post['id']}"
    assert (await client.patch(path, json={"title": "Two"})).json()["slug"] == "one"
    assert (await client.patch(path, json={"slug": None})).json()["slug"] == "two"
    assert (await client.patch(path, json={"slug": None, "title": "Three"})).json()["slug"] == "three"
    assert (await client.patch(path, json={"slug": None})).json()["slug"] == "three"


async def test_posts_of_one_title_at_the_same_moment_all_get_a_slug(client: httpx.AsyncClient) -> None:
    posts = await asyncio.gather(*(publish(client, title="Same") for _ in range(8)))
    slugs = {post["slug"] for post in posts}
    assert len(slugs) == 8
    assert "same" in slugs
    assert all(re.fullmatch("same(-[0-9]+)?", slug) for slug in slugs)


async def test_a_list_finds_the_post_with_a_slug(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="hello")
    await publish(client, slug="hello-2")
    assert await listed(client, "/posts?slug=hello") == [post["id"]]
    assert await listed(client, "/posts?slug=Hello") == []
    assert await listed(client, "/posts?slug=hello&tag=a") == []


async def test_a_post_may_keep_its_own_slug(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="mine")
    response = await client.patch(f"/posts/{post['id']}", json={"slug": "Mine", "title": "T"})
    assert (response.status_code, response.json()["slug"]) == (200, "mine")


async def test_a_slug_is_free_when_its_post_is_gone_or_has_another(client: httpx.AsyncClient) -> None:
    post, other = await publish(client, slug="one"), await publish(client, slug="two")
    await client.delete(f"/posts/{post['id']}?permanently=true")
    await client.patch(f"/posts/{other['id']}", json={"slug": "three"})
    assert (await publish(client, slug="one"))["slug"] == "one"
    assert (await publish(client, slug="two"))["slug"] == "two"


async def test_of_concurrent_posts_with_one_slug_one_succeeds(client: httpx.AsyncClient) -> None:
    body = {"title": "T", "content": "C", "slug": "wanted"}
    answers = await asyncio.gather(*(client.post("/posts", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await listed(client, "/posts")) == 1
    others = [await publish(client) for _ in range(6)]
    answers = await asyncio.gather(
        *(client.patch(f"/posts/{other['id']}", json={"slug": "another"}) for other in others)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
