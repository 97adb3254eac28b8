"""Conditional requests: 304 for an unchanged representation, 412 for an outdated revision."""

import asyncio
import re

import httpx
import pytest

from tests.contract.http.calls import assert_problem, comment_on, etag, publish, read, read_post

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

STRONG = re.compile(r'"[\x21\x23-\x7e]+"')
REVISION = re.compile(r'"[1-9][0-9]*-[0-9a-f]+-[0-9a-f]{16}"')


NOT_CURRENT = [
    '"other"',
    'W/"{version}-{moment}-{seen}"',
    '"{version}-0-{seen}"',
    '"0{version}-{moment}-{seen}"',
    '"{version}-0{moment}-{seen}"',
    '"+{version}-{moment}-{seen}"',
    '" {version}-{moment}-{seen}"',
    '"{version}-{moment}-{seen}-"',
    '"{version}-{moment}"',
    '"{version}"',
    '"*"',
    '""',
    '"-"',
]
"""What looks like the tag of the current state, more or less, and is not."""


async def paths_to_read(client: httpx.AsyncClient) -> list[str]:
    """A path of every kind of resource with an ETag: both lists, a post and a comment."""
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}"
    return [
        "/posts",
        "/posts?limit=1&comments=0&count=true",
        path,
        f"{path}?comments=0",
        f"{path}/comments",
        f"{path}/comments/{comment['id']}",
    ]


async def test_every_resource_has_a_strong_etag(client: httpx.AsyncClient) -> None:
    paths = await paths_to_read(client)
    tags = [await etag(client, path) for path in paths]
    assert all(STRONG.fullmatch(tag) for tag in tags), tags
    assert REVISION.fullmatch(tags[2])
    assert REVISION.fullmatch(tags[5])
    assert tags == [await etag(client, path) for path in paths]


async def test_a_representation_that_the_client_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    for path in await paths_to_read(client):
        tag = await etag(client, path)
        for condition in (tag, f"W/{tag}", f'"other", {tag}', f'"a","b" ,W/{tag} , "c"', "*"):
            for method in ("GET", "HEAD"):
                response = await client.request(method, path, headers={"If-None-Match": condition})
                assert (response.status_code, response.content) == (304, b""), (path, condition)
                assert response.headers["etag"] == tag
                assert "content-type" not in response.headers


async def test_a_representation_that_the_client_does_not_have_is_sent(client: httpx.AsyncClient) -> None:
    for path in await paths_to_read(client):
        tag = await etag(client, path)
        for condition in (
            '"other"',
            f'W/{tag[:-1]}0"',
            '"", "*"',
            tag.strip('"'),
            "garbage",
            tag.upper() + "x",
            "",
        ):
            response = await client.get(path, headers={"If-None-Match": condition})
            assert response.status_code == 200, (path, condition)
            assert response.headers["etag"] == tag


async def test_a_missing_resource_is_never_not_modified(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    tag = await etag(client, f"/posts/{post['id']}")
    await client.delete(f"/posts/{post['id']}?permanently=true")
    for condition in ("*", tag):
        assert_problem(await client.get(f"/posts/{post['id']}", headers={"If-None-Match": condition}), 404)


async def test_every_change_changes_the_etag(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    watched = ["/posts", path]
    comment = await comment_on(client, post["id"])
    seen = [[await etag(client, each) for each in watched]]
    changes: list[tuple[str, str, dict[str, str] | None]] = [
        ("PATCH", path, {"title": "Another"}),
        ("POST", f"{path}/comments", {"content": "Another"}),
        ("PATCH", f"{path}/comments/{comment['id']}", {"content": "Edited"}),
        ("DELETE", f"{path}/comments/{comment['id']}", None),
    ]
    for method, where, body in changes:
        response = await client.request(method, where, json=body)
        assert response.is_success
        seen.append([await etag(client, each) for each in watched])
        assert seen[-1][0] != seen[-2][0], f"the list keeps its tag after {method} {where}"
        assert seen[-1][1] != seen[-2][1], f"the post keeps its tag after {method} {where}"


async def test_the_tag_of_a_thread_changes_with_it(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}/comments"
    empty = await etag(client, path)
    comment = await comment_on(client, post["id"])
    full = await etag(client, path)
    await client.patch(f"{path}/{comment['id']}", json={"content": "Edited"})
    assert len({empty, full, await etag(client, path)}) == 3


async def test_a_current_etag_allows_a_change(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    conditions = ["{}", "*", '"other", {}', '"1-0", "x" , {} ,"y"', " {} "]
    for number, condition in enumerate(conditions):
        headers = {"If-Match": condition.format(await etag(client, path))}
        response = await client.patch(path, json={"title": f"T{number}"}, headers=headers)
        assert response.status_code == 200, condition
        assert response.json()["title"] == f"T{number}"
        assert response.headers["etag"] == await etag(client, path)
    headers = {"If-Match": await etag(client, path)}
    assert (await client.delete(path, headers=headers)).status_code == 204


async def test_an_outdated_etag_changes_nothing(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    stale = await etag(client, path)
    await client.patch(path, json={"title": "New"})
    current = await etag(client, path)
    shown = await read_post(client, post["id"])
    version, moment, seen = current.strip('"').split("-")
    for condition in (stale, f"{stale}, W/{current}", *NOT_CURRENT):
        headers = {"If-Match": condition.format(version=version, moment=moment, seen=seen)}
        for body in ({"title": "Undone"}, {}):
            assert_problem(await client.patch(path, json=body, headers=headers), 412)
        assert_problem(await client.delete(path, headers=headers), 412)
    assert await read_post(client, post["id"]) == shown


async def test_a_new_comment_invalidates_the_etag_of_its_post(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    seen = await etag(client, path)
    await comment_on(client, post["id"])
    assert_problem(await client.delete(path, headers={"If-Match": seen}), 412)
    assert_problem(await client.patch(path, json={"title": "T"}, headers={"If-Match": seen}), 412)


async def test_comments_are_changed_and_removed_under_the_same_conditions(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    stale = await etag(client, path)
    response = await client.patch(path, json={"content": "1"}, headers={"If-Match": stale})
    assert response.status_code == 200
    for condition in (stale, f"W/{response.headers['etag']}", '"x"'):
        assert_problem(await client.patch(path, json={"content": "2"}, headers={"If-Match": condition}), 412)
        assert_problem(await client.patch(path, json={}, headers={"If-Match": condition}), 412)
        assert_problem(await client.delete(path, headers={"If-Match": condition}), 412)
    assert (await read(client, path)).json()["content"] == "1"
    assert (await client.patch(path, json={"content": "3"}, headers={"If-Match": "*"})).status_code == 200
    current = f'"x", {await etag(client, path)}'
    assert (await client.delete(path, headers={"If-Match": current})).status_code == 204


async def test_a_missing_resource_is_404_with_any_precondition(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    for condition in ('"1-0"', "*", 'W/"1-0"'):
        headers = {"If-Match": condition}
        for path in ("/posts/" + "f" * 24, f"/posts/{post['id']}/comments/" + "f" * 24, "/posts/malformed"):
            assert_problem(await client.patch(path, json={"content": "C"}, headers=headers), 404)
            assert_problem(await client.delete(path, headers=headers), 404)


@pytest.mark.parametrize("writers", [2, 8, 100])
async def test_of_concurrent_writers_with_one_etag_exactly_one_succeeds(
    client: httpx.AsyncClient, writers: int
) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    for _ in range(3):
        headers = {"If-Match": await etag(client, path)}
        before = (await read_post(client, post["id"]))["version"]
        answers = await asyncio.gather(
            *(client.patch(path, json={"title": f"Writer {n}"}, headers=headers) for n in range(writers))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * (writers - 1)
        after = await read_post(client, post["id"])
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert winner.json() == after
        assert after["version"] == before + 1


async def test_a_hundred_changes_of_a_post_at_once_are_all_made(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    changes = (client.patch(path, json={"title": f"Writer {n}"}) for n in range(100))
    answers = await asyncio.gather(*changes)
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["version"] for answer in answers} == set(range(2, 102))
    assert len({answer.headers["etag"] for answer in answers}) == 100


async def test_of_two_writers_of_a_comment_exactly_one_succeeds(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    path = f"/posts/{post['id']}/comments/{comment['id']}"
    for round_number in range(5):
        headers = {"If-Match": await etag(client, path)}
        answers = await asyncio.gather(
            *(client.patch(path, json={"content": f"Writer {n}"}, headers=headers) for n in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        assert (await read_post(client, post["id"]))["version"] == 3 + round_number


async def test_a_post_is_changed_or_removed_and_never_both_under_one_tag(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        post = await publish(client)
        path = f"/posts/{post['id']}"
        headers = {"If-Match": await etag(client, path)}
        change, removal = await asyncio.gather(
            client.patch(path, json={"title": "T"}, headers=headers), client.delete(path, headers=headers)
        )
        assert (change.status_code, removal.status_code) in {(200, 412), (409, 204)}


async def test_a_taken_slug_is_reported_only_to_clients_that_may_write(client: httpx.AsyncClient) -> None:
    await publish(client, slug="taken")
    post = await publish(client)
    path = f"/posts/{post['id']}"
    stale = {"If-Match": '"99-0"'}
    assert_problem(await client.patch(path, json={"slug": "taken"}, headers=stale), 412)
    current = {"If-Match": await etag(client, path)}
    assert_problem(await client.patch(path, json={"slug": "taken"}, headers=current), 409, "slug")
