"""The settings of the blog: public except the comment policy, changed by admins only."""

import httpx
import pytest

from tests.contract.http.calls import ask, assert_problem
from tests.contract.http.people import Who

DEFAULTS: dict[str, object] = {
    "title": "",
    "description": "",
    "language": "en",
    "time_zone": "UTC",
    "base_url": None,
    "permalink": "/{slug}",
    "navigation": [],
    "posts_per_page": 10,
}
OTHERS: dict[str, object] = {
    "title": "Ann's blog \U0001f600",
    "description": "Notes on life,\nand more.",
    "language": "pt-BR",
    "time_zone": "America/Sao_Paulo",
    "base_url": "https://blog.example/~ann",
    "permalink": "/{year}/{month}/{slug}",
    "navigation": [{"label": "About", "url": "/about"}, {"label": "Mail", "url": "mailto:ann@blog.example"}],
    "posts_per_page": 25,
}
NORMALIZED = {
    "language": ("PT-br", "pt-BR"),
    "base_url": ("HTTPS://Blog.Example/A", "https://blog.example/A"),
    "navigation": ([{"label": " About ", "url": "/about"}], [{"label": "About", "url": "/about"}]),
}
INVALID: list[tuple[str, object, str]] = [
    ("title", "x" * 256, "title"),
    ("title", None, "title"),
    ("title", "a\0", "title"),
    ("description", "x" * 501, "description"),
    ("language", "a language", "language"),
    ("language", "", "language"),
    ("time_zone", "Europe/Nowhere", "time_zone"),
    ("time_zone", "europe/berlin", "time_zone"),
    ("base_url", "https://blog.example/", "base_url"),
    ("base_url", "", "base_url"),
    ("permalink", "/{year}", "permalink"),
    ("permalink", "/tags/{slug}", "permalink"),
    ("permalink", "/{slug}?{id}", "permalink"),
    ("navigation", [{"label": "A", "url": "javascript:alert(1)"}], "navigation.0.url"),
    ("navigation", [{"label": "A", "url": "//evil.example"}], "navigation.0.url"),
    ("navigation", [{"label": " ", "url": "/"}], "navigation.0.label"),
    ("navigation", [{"label": "A"}], "navigation.0.url"),
    ("navigation", [{"label": "A", "url": "/", "rel": "me"}], "navigation.0.rel"),
    ("navigation", [{"label": "A", "url": "/"}] * 21, "navigation"),
    ("posts_per_page", 0, "posts_per_page"),
    ("posts_per_page", 101, "posts_per_page"),
    ("posts_per_page", "10", "posts_per_page"),
    ("address_key", "0" * 64, "address_key"),
]


async def test_a_new_blog_has_the_defaults(client: httpx.AsyncClient) -> None:
    assert (await client.get("/settings")).json() == {**DEFAULTS, "comment_policy": "moderated"}


async def test_settings_change_one_by_one(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    expected = {**DEFAULTS, "comment_policy": "moderated"}
    for name, value in OTHERS.items():
        with subtests.test(setting=name):
            expected[name] = value
            assert (await client.patch("/settings", json={name: value})).json() == expected
            assert (await client.get("/settings")).json() == expected
    assert (await client.patch("/settings", json={"base_url": None})).json()["base_url"] is None
    assert (await client.patch("/settings", json=DEFAULTS)).json() == {
        **DEFAULTS,
        "comment_policy": "moderated",
    }


async def test_settings_are_kept_in_their_normal_form(client: httpx.AsyncClient) -> None:
    for name, (sent, kept) in NORMALIZED.items():
        assert (await client.patch("/settings", json={name: sent})).json()[name] == kept


async def test_the_error_about_an_invalid_setting_names_it(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    before = (await client.get("/settings")).json()
    for name, value, field in INVALID:
        with subtests.test(setting=name, value=str(value)[:40]):
            refused = await client.patch("/settings", json={"title": "New", name: value})
            assert_problem(refused, 422, field)
    assert (await client.get("/settings")).json() == before


@pytest.mark.parametrize("who", ["nobody", "author", "editor"])
async def test_everyone_sees_all_settings_but_the_comment_policy(client: httpx.AsyncClient, who: Who) -> None:
    await client.patch("/settings", json=OTHERS)
    found = await ask(client, who, "GET", "/settings")
    assert (found.status_code, found.json()) == (200, OTHERS)
    refused = await ask(client, who, "PATCH", "/settings", json={"title": "Mine"})
    assert refused.status_code == (401 if who == "nobody" else 403)
    assert (await client.get("/settings")).json()["title"] == OTHERS["title"]


async def test_settings_have_an_etag_and_honor_preconditions(client: httpx.AsyncClient) -> None:
    first = await client.get("/settings")
    tag = first.headers["etag"]
    assert (await client.get("/settings", headers={"if-none-match": tag})).status_code == 304
    changed = await client.patch("/settings", json={"title": "New"}, headers={"if-match": tag})
    assert changed.status_code == 200
    for body in ({"title": "Newer"}, {}):
        refused = await client.patch("/settings", json=body, headers={"if-match": tag})
        assert_problem(refused, 412)
    again = await client.get("/settings", headers={"if-none-match": tag})
    assert (again.status_code, again.headers["etag"]) == (200, changed.headers["etag"])
    public = await ask(client, "nobody", "GET", "/settings")
    assert public.headers["etag"] != changed.headers["etag"]
