"""Old paths of posts: their normal form, conflicts, and finding a post by one."""

import httpx
import pytest

from tests.contract.http.calls import ask, assert_problem, listed, publish, read, read_post
from tests.contract.http.conftest import Applications

NORMALIZED = {
    "/2019/05/hello": "/2019/05/hello",
    "/2019/05/hello/": "/2019/05/hello",
    "/caf%C3%A9": "/caf\u00e9",
    "/cafe\u0301//": "/caf\u00e9",
    "/a%20b.HTML": "/a b.HTML",
    "/100%": "/100%",
    "/a//b/../c": "/a//b/../c",
    "/?p=123": "/?p=123",
    "/index.php?page_id=123": "/?p=123",
    "//?p=1/": "/?p=1",
    "/caf%C3%A9/?p=1": "/caf\u00e9/?p=1",
    "/" + "%F0%9F%98%80" * 499: "/" + "\U0001f600" * 499,
}
INVALID = [
    *("", "/", "//", "a", "?p=1", "https://blog.example/a", "//blog.example/a"),
    *("/?p=", "/?p=0", "/?p=01", "/?p=1&a=b", "/?p=1x", "/?a=1", "/?p=" + "1" * 20),
    *("/a?p=1", "/a#b", "/a%3Fp=1", "/%2523", "/%E9", "/a\nb", "/%00", "/" + "a" * 500, "a" * 6001),
]


async def test_a_path_is_kept_decoded_and_without_a_slash_at_the_end(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    post = await publish(client)
    for sent, kept in NORMALIZED.items():
        with subtests.test(sent=sent):
            for path in (sent, kept):
                changed = await client.patch(f"/posts/{post['id']}", json={"paths": [path]})
                assert changed.json()["paths"] == [kept]
                found = await client.get("/posts", params={"path": path})
                assert [row["id"] for row in found.json()] == [post["id"]]


async def test_an_invalid_path_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    post = await publish(client, paths=["/kept"])
    for path in INVALID:
        with subtests.test(path=path[:20]):
            answer = await client.patch(f"/posts/{post['id']}", json={"paths": ["/a", path]})
            (error,) = assert_problem(answer, 422)["errors"]
            assert error["field"].partition(".")[0] == "paths"
            if len(path) < 1000:
                assert_problem(await client.get("/posts", params={"path": path}), 422, "path")
    for bad in (None, [None], [1], [f"/{number}" for number in range(21)]):
        answer = await client.patch(f"/posts/{post['id']}", json={"paths": bad})
        assert assert_problem(answer, 422)["errors"][0]["field"].startswith("paths")
    assert (await read_post(client, post["id"]))["paths"] == ["/kept"]


async def test_the_maximum_number_of_paths_is_kept_in_order(
    client: httpx.AsyncClient,
) -> None:
    paths = [f"/{number}" for number in range(20)][::-1]
    assert (await publish(client, paths=paths))["paths"] == paths
    assert (await publish(client, paths=["/b", "/a/", "/%62", "/a"]))["paths"] == ["/b", "/a"]


async def test_a_taken_path_is_a_conflict(client: httpx.AsyncClient) -> None:
    post, other = await publish(client, paths=["/taken"]), await publish(client)
    body = {"title": "T", "content": "", "paths": ["/free", "/taken/"]}
    assert_problem(await client.post("/posts", json=body), 409, "paths")
    changed = await client.patch(f"/posts/{other['id']}", json={"paths": ["/taken"], "title": "New"})
    assert_problem(
        changed,
        409,
        "paths",
        detail="Another post, which may be in the trash, already has one of these paths.",
    )
    assert await read_post(client, other["id"]) == other
    assert (await client.patch(f"/posts/{post['id']}", json={"paths": []})).json()["paths"] == []
    assert (await client.post("/posts", json=body)).json()["paths"] == ["/free", "/taken"]


async def test_a_slug_that_changes_leaves_its_path(client: httpx.AsyncClient) -> None:
    post = await publish(client, slug="one")
    moved = await client.patch(f"/posts/{post['id']}", json={"slug": "two"})
    assert moved.json()["paths"] == ["/one"]
    assert await listed(client, "/posts?path=/one") == await listed(client, "/posts?slug=two") == [post["id"]]
    assert await listed(client, "/posts?path=/two") == await listed(client, "/posts?slug=one") == []
    renamed = await client.patch(f"/posts/{post['id']}", json={"slug": None, "title": "Three"})
    assert renamed.json()["paths"] == ["/one", "/two"]


async def test_a_post_is_found_by_its_path_and_the_other_filters(client: httpx.AsyncClient) -> None:
    page = await publish(client, slug="about", paths=["/a"], kind="page", tags=["t"])
    found = await read(client, "/posts?path=/a&count=true")
    assert (found.json(), found.headers["x-total-count"]) == ([page], "1")
    again = await client.get("/posts?path=/a", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304
    matching = ("kind=page", "tag=t", "slug=about", "status=published")
    other = ("kind=post", "tag=u", "slug=other", "status=draft", "limit=0", "skip=1")
    assert [await listed(client, f"/posts?path=/a&{each}") for each in matching] == [[page["id"]]] * 4
    assert [await listed(client, f"/posts?path=/a&{each}") for each in other] == [[]] * 6
    assert await listed(client, "/posts?slug=about") == [page["id"]]


async def test_the_path_of_a_draft_reveals_nothing_to_the_public(
    applications: Applications, store_name: str
) -> None:
    client = await applications.on_empty_blog(store_name)
    draft = {"title": "T", "content": "", "slug": "secret", "paths": ["/secret-path"], "status": "draft"}
    await ask(client, "author", "POST", "/posts", json=draft)
    for query in ("path=/secret-path", "slug=secret", "path=/secret-path&status=draft", "path=/other"):
        answer = await ask(client, "nobody", "GET", f"/posts?{query}&count=true")
        assert (answer.json(), answer.headers["x-total-count"]) == ([], "0")
    own = await ask(client, "author", "GET", "/posts?path=/secret-path&status=draft")
    assert [row["slug"] for row in own.json()] == ["secret"]


async def test_a_post_is_found_in_the_same_way_with_and_without_other_parameters(
    applications: Applications, store_name: str
) -> None:
    """A middleware answers requests of the public that have only one of these parameters."""
    client = await applications.on_empty_blog(store_name)
    post = {"title": "T", "content": "", "slug": "a-slug", "paths": ["/caf\u00e9/a b"], "kind": "page"}
    await ask(client, "author", "POST", "/posts", json=post)
    hidden = {"title": "T", "content": "", "slug": "hidden", "publication_date": "9999-01-01T00:00:00Z"}
    await ask(client, "author", "POST", "/posts", json=hidden)
    found = ("slug=a-slug", "slug=a%2dslug", "path=/caf%C3%A9/a+b", "path=%2Fcafe%CC%81/a%20b/")
    not_found = ("slug=other", "slug=hidden", "slug=/", "slug=%C3", "path=/other")
    invalid = ("path=", "path=a", "path=/%2523", "slug=%00")
    for query in (*found, *not_found, *invalid):
        alone = await ask(client, "nobody", "GET", f"/posts?{query}")
        other = await ask(client, "nobody", "GET", f"/posts?{query}&limit=10")
        assert (alone.status_code, alone.content) == (other.status_code, other.content), query
        assert dict(alone.headers) == dict(other.headers), query
        assert len(alone.json()) == (query in found) or query in invalid
        if alone.status_code == 200:
            known = {"if-none-match": alone.headers["etag"]}
            for again in (query, f"{query}&limit=10"):
                unchanged = await ask(client, "nobody", "GET", f"/posts?{again}", headers=known)
                assert unchanged.status_code == 304
