"""Files are listed, read, changed and removed; where they are used is known."""

import httpx
import pytest

from tests.contract.http.calls import UNKNOWN, ask, assert_problem, listed, publish, read, walked
from tests.contract.http.media.files import PDF, MediaJson, picture, upload
from tests.contract.http.people import PEOPLE


async def test_files_are_listed_newest_first(client: httpx.AsyncClient) -> None:
    files = [(await upload(client, picture(shade)))["id"] for shade in range(5)]
    assert sorted(await walked(client, "/media?limit=2")) == sorted(files)
    rows: list[MediaJson] = (await read(client, "/media?limit=100")).json()
    places = [(row["created_at"], row["id"]) for row in rows]
    assert places == sorted(places, reverse=True)


async def test_a_list_is_filtered(client: httpx.AsyncClient) -> None:
    used = await upload(client, picture(1), name="Used.png")
    unused = await upload(client, picture(2), name="Unused Thing.png")
    document = await upload(client, PDF, name="a.pdf")
    await publish(client, content=f"![]({used['url']})")
    assert await listed(client, "/media?unused=false") == [used["id"]]
    assert set(await listed(client, "/media?unused=true")) == {unused["id"], document["id"]}
    assert await listed(client, "/media?type=application/pdf") == [document["id"]]
    assert set(await listed(client, "/media?type=image")) == {used["id"], unused["id"]}
    assert await listed(client, "/media?name=D-TH") == [unused["id"]]
    assert set(await walked(client, "/media?type=image&unused=true&name=u&limit=1")) == {unused["id"]}
    assert await listed(client, "/media?name=%25") == []
    rows: list[MediaJson] = (await read(client, "/media")).json()
    assert {row["id"] for row in rows if row["unused_since"] is None} == {used["id"]}
    for query in ("unused=maybe", "type=image/bmp", "name=%00", "after=x"):
        assert_problem(await client.get(f"/media?{query}"), 422, query.partition("=")[0])


async def test_facts_are_changed(client: httpx.AsyncClient) -> None:
    file = await upload(client, name="First.png")
    path = f"/media/{file['id']}"
    change = {"name": "../Second Name.gif", "alt": "Words", "focus": {"x": 0, "y": 100}}
    response = await client.patch(path, json=change)
    assert response.status_code == 200, response.text
    changed = response.json()
    assert (changed["name"], changed["alt"]) == ("second-name.png", "Words")
    assert (changed["focus"], changed["version"]) == ({"x": 0, "y": 100}, 2)
    assert changed["url"] == f"/media/{file['digest']}/second-name.png"
    assert (await read(client, path)).headers["etag"] == response.headers["etag"]
    assert (await read(client, file["url"])).content == (await read(client, changed["url"])).content
    assert (await client.patch(path, json={"focus": None, "alt": ""})).json()["focus"] is None
    for name, bad in (("name", None), ("alt", "x" * 1_001), ("focus", {"x": 1}), ("size", 1)):
        response = await client.patch(path, json={name: bad})
        assert_problem(response, 422)
        assert response.json()["errors"][0]["field"].startswith(name)
    assert_problem(await client.patch(path, json={"focus": {"x": 101, "y": 0}}), 422, "focus.x")


async def test_preconditions_hold(client: httpx.AsyncClient) -> None:
    file = await upload(client)
    path = f"/media/{file['id']}"
    first = (await read(client, path)).headers["etag"]
    assert (await client.get(path, headers={"if-none-match": first})).status_code == 304
    second = (await client.patch(path, json={"alt": "A"}, headers={"if-match": first})).headers["etag"]
    assert second != first
    assert_problem(await client.patch(path, json={"alt": "B"}, headers={"if-match": first}), 412)
    assert_problem(await client.delete(path, headers={"if-match": first}), 412)
    assert (await client.delete(path, headers={"if-match": second})).status_code == 204
    assert_problem(await client.delete(path), 404)
    assert_problem(await client.get(path), 404)
    assert_problem(await client.get(file["url"]), 404)
    again = await upload(client)  # as new
    assert (again["alt"], again["version"]) == ("", 1)
    assert_problem(await client.patch(path, json={"alt": "B"}, headers={"if-match": second}), 412)


async def test_a_file_in_use_is_kept_and_its_uses_are_named(client: httpx.AsyncClient) -> None:
    file = await upload(client, by="author")
    path = f"/media/{file['id']}"
    shown = await publish(client, title="Shown", content=f"![]({file['url']})")
    hidden = await publish(client, title="Hidden", cover=file["url"], content="", status="draft")
    uses = [{"post_id": each["id"], "title": each["title"], "slug": each["slug"]} for each in (shown, hidden)]
    assert (await read(client, f"{path}/uses")).json() == sorted(uses, key=lambda use: use["post_id"])
    refused = assert_problem(await client.delete(path), 409, "file_id", "file_id")
    assert {hidden["id"] in str(error) for error in refused["errors"]} == {True, False}
    # The uploader may not know of another user's draft.
    answer = await ask(client, "author", "GET", f"{path}/uses")
    assert answer.json() == uses[:1]
    refused = assert_problem(await ask(client, "author", "DELETE", path), 409, "file_id")
    assert "Hidden" not in str(refused)
    await client.delete(f"/posts/{shown['id']}?permanently=true")
    refused = assert_problem(await ask(client, "author", "DELETE", path), 409, "file_id")
    assert "Hidden" not in str(refused)
    await client.patch(f"/posts/{hidden['id']}", json={"cover": None})
    assert (await ask(client, "author", "DELETE", path)).status_code == 204


async def test_authors_change_only_their_own_files(client: httpx.AsyncClient) -> None:
    file = await upload(client, by="author")
    path = f"/media/{file['id']}"
    assert_problem(await ask(client, "other author", "PATCH", path, json={"alt": "A"}), 403)
    assert_problem(await ask(client, "other author", "DELETE", path), 403)
    assert (await ask(client, "editor", "PATCH", path, json={"alt": "A"})).status_code == 200
    assert (await ask(client, "author", "DELETE", path)).status_code == 204


async def test_a_file_outlives_its_uploader(client: httpx.AsyncClient) -> None:
    file = await upload(client, by="author")
    user = PEOPLE["author"].user
    assert (await client.delete(f"/users/{user.id}?posts=keep")).status_code == 204
    assert (await read(client, f"/media/{file['id']}")).json()["author"] is None
    assert (await client.delete(f"/media/{file['id']}")).status_code == 204


@pytest.mark.parametrize("path", [f"/media/{UNKNOWN}", f"/media/{UNKNOWN}/uses", "/media/x", "/media/x/uses"])
@pytest.mark.long_but_on("sqlite")
async def test_unknown_files_are_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 404)
    if not path.endswith("uses"):
        assert_problem(await client.patch(path, json={"name": "x"}), 404)
        assert_problem(await client.delete(path), 404)
