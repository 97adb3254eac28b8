"""Text is returned as it was sent, up to the limit of its field and not beyond."""

import json
import sys

import httpx
import pytest

from tests.contract.http.calls import assert_problem, comment_on, listed, publish, read, read_post

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")

WIDEST = "\U0001f30d"
"""A character of four bytes in UTF-8 and two units in UTF-16."""

TEXTS = {
    "accents": "Çà et là, naïveté, Ærøskøbing",
    "composed": "\u00e9 \u00c5 \ud55c",
    "decomposed": "e\u0301 A\u030a \u1112\u1161\u11ab",
    "case pairs": "aA ßẞ iI\u0131\u0130 ΣσςΑα ǆǅǄ",
    "blanks at the ends": "  \t text \t  ",
    "blanks only": "   ",
    "line ends": "\n one\r\ntwo\rthree\u2028four\u2029\n",
    "emoji": "👩\u200d👩\u200d👧\u200d👦 🏴\U000e0067\U000e0062\U000e007f 🇺🇳",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u202e\u05e2\u05d5\u05dc\u05dd\u202c مرحبا",
    "one of each plane": "".join(chr(plane * 0x10000 + 0xABCD) for plane in range(17)),
    "noncharacters": "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff",
    "byte order mark": "\ufeffafter",
    "control characters": "".join(chr(code) for code in range(1, 32)) + "\x7f\x80\x9f",
    "quotes and escapes": """'"`\\' \\" \\u0000 \\x00 %00 %s %(a)s {0} $1 :a ?""",
    "SQL": "'); DROP TABLE posts; --",
    "like and regex": "%_[a-z]*^$.|()\\",
    "MongoDB": '$where {"$gt": ""} a.b $a',
    "markup": "<script>alert('&amp;')</script><!--",
    "names of nothing": "null undefined NaN None true",
    "widest": WIDEST * 60,
}


async def test_text_comes_back_as_it_was_sent(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    for what, text in TEXTS.items():
        with subtests.test(what):
            tag = text.strip()[:50].strip() or "tag"
            post = await publish(client, title=text, content=text, tags=[tag])
            comment = await comment_on(client, post["id"], content=text)
            shown = await read_post(client, post["id"])
            assert (shown["title"], shown["content"], shown["tags"]) == (text, text, [tag])
            assert shown["comments"] == [comment]
            assert comment["content"] == text
            await client.patch(f"/posts/{post['id']}", json={"title": "T", "content": "C"})
            response = await client.patch(f"/posts/{post['id']}", json={"title": text, "content": text})
            assert (response.json()["title"], response.json()["content"]) == (text, text)


async def test_every_character_is_returned_unchanged(client: httpx.AsyncClient) -> None:
    everything = "".join(chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    for start in range(0, len(everything), 500_000):
        content = everything[start : start + 500_000]
        post = await publish(client, content=content)
        assert post["content"] == content
        assert (await read_post(client, post["id"]))["content"] == content


@pytest.mark.parametrize("character", ["a", "é", WIDEST])
async def test_the_longest_title_has_255_characters(client: httpx.AsyncClient, character: str) -> None:
    post = await publish(client, title=character * 255)
    assert (await read_post(client, post["id"]))["title"] == character * 255
    for title in (character * 256, ""):
        assert_problem(await client.post("/posts", json={"title": title, "content": "C"}), 422, "title")
        assert_problem(await client.patch(f"/posts/{post['id']}", json={"title": title}), 422, "title")
    assert await read_post(client, post["id"]) == post


async def test_the_longest_content_has_a_million_characters(client: httpx.AsyncClient) -> None:
    post = await publish(client, content="é" * 1_000_000)
    assert (await read_post(client, post["id"]))["content"] == "é" * 1_000_000
    response = await client.patch(f"/posts/{post['id']}", json={"content": "a" * 1_000_001})
    assert_problem(response, 422, "content")
    assert_problem(
        await client.post("/posts", json={"title": "T", "content": "a" * 1_000_001}), 422, "content"
    )
    assert await listed(client, "/posts") == [post["id"]]


@pytest.mark.parametrize("character", ["a", WIDEST])
async def test_the_longest_comment_has_20_000_characters(client: httpx.AsyncClient, character: str) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"], content=character * 20_000)
    path = f"/posts/{post['id']}/comments"
    assert (await read(client, f"{path}/{comment['id']}")).json()["content"] == character * 20_000
    for content in (character * 20_001, ""):
        assert_problem(await client.post(path, json={"content": content}), 422, "content")
        assert_problem(
            await client.patch(f"{path}/{comment['id']}", json={"content": content}), 422, "content"
        )
    assert await listed(client, path) == [comment["id"]]


async def test_tags_are_trimmed_and_kept_once_in_their_order(client: httpx.AsyncClient) -> None:
    post = await publish(client, tags=[" b ", "a", "b", "A", "á", "a\u0301", "a b", "\uff41"])
    assert post["tags"] == ["b", "a", "A", "á", "a\u0301", "a b", "\uff41"]
    assert (await read_post(client, post["id"]))["tags"] == post["tags"]


async def test_a_post_has_up_to_20_tags_of_up_to_50_characters(client: httpx.AsyncClient) -> None:
    longest = [f"{n:02}" + WIDEST * 48 for n in range(20)]
    post = await publish(client, tags=longest)
    assert (await read_post(client, post["id"]))["tags"] == longest
    for tags in (
        [str(n) for n in range(21)],
        ["a" * 51],
        [""],
        ["a", "  "],
        [".."],
        "a",
        {"a": "b"},
        [1],
        [None],
        [["a"]],
    ):
        problem = assert_problem(await client.patch(f"/posts/{post['id']}", json={"tags": tags}), 422)
        assert all(error["field"].startswith("tags") for error in problem["errors"])
    response = await client.patch(f"/posts/{post['id']}", json={"tags": []})
    assert response.json()["tags"] == []


@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "a\udfffb", "\udc00\ud800"])
async def test_unstorable_text_is_refused_with_its_field(client: httpx.AsyncClient, bad: str) -> None:
    post = await publish(client)

    async def refused(path: str, field: str, body: dict[str, object], method: str = "POST") -> None:
        headers = {"content-type": "application/json"}
        response = await client.request(method, path, content=json.dumps(body), headers=headers)
        problem = assert_problem(response, 422)
        assert [error["field"].partition(".")[0] for error in problem["errors"]] == [field]

    for field in ("title", "content", "slug"):
        await refused("/posts", field, {"title": "T", "content": "C", field: bad})
        await refused(f"/posts/{post['id']}", field, {field: bad}, "PATCH")
    await refused("/posts", "tags", {"title": "T", "content": "C", "tags": [bad]})
    await refused(f"/posts/{post['id']}/comments", "content", {"content": bad})
    assert await listed(client, "/posts") == [post["id"]]
    assert await read_post(client, post["id"]) == post


async def test_all_invalid_fields_are_reported(client: httpx.AsyncClient) -> None:
    body = {"title": "", "content": 1, "slug": "!", "publication_date": "soon", "colour": "red"}
    problem = assert_problem(await client.post("/posts", json=body), 422)
    named = {error["field"] for error in problem["errors"]}
    assert {"title", "content", "publication_date", "colour"} <= named
    assert {error["in"] for error in problem["errors"]} == {"body"}


async def test_a_summary_is_optional_and_can_be_removed(client: httpx.AsyncClient) -> None:
    post = await publish(client, summary="\U0001f600" * 500)
    assert post["summary"] == "\U0001f600" * 500
    path = f"/posts/{post['id']}"
    assert (await client.patch(path, json={"summary": None})).json()["summary"] is None
    assert (await publish(client, summary=None))["summary"] is None
    for bad in ("", "x" * 501, 1):
        assert_problem(await client.patch(path, json={"summary": bad}), 422, "summary")


async def test_a_post_can_become_a_page(client: httpx.AsyncClient) -> None:
    post = await publish(client, tags=["a"])
    path = f"/posts/{post['id']}"
    assert (await client.patch(path, json={"kind": "page"})).json()["kind"] == "page"
    assert (await client.get("/posts")).json() == (await client.get("/tags")).json() == []
    for bad in (None, "draft"):
        assert_problem(await client.patch(path, json={"kind": bad}), 422, "kind")


FILE = f"/media/{'0123456789abcdef' * 4}/a-bear.jpg"
COVERS = {
    FILE: FILE,
    f"/below/blog{FILE}": FILE,
    "https://blog.example/\U0001f43b.png?a=b": "https://blog.example/\U0001f43b.png?a=b",
    "http://[::1]:8000/a.png": "http://[::1]:8000/a.png",
    f"https://blog.example/{'a' * 1_979}": f"https://blog.example/{'a' * 1_979}",
    "": None,
    None: None,
}
NO_COVERS = (
    *("/a.png", "/media/0123/a.png", f"{FILE}?width=800", f"{FILE}/..", "//other.example/a.png", "a.png"),
    *(
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "https://",
        "https://a b/",
        "https://a/\n",
        "http:a",
    ),
    *("https://blog.example/\x00", f"https://blog.example/{'a' * 1_980}", "https://a:b/", 'https://a/"', 1),
)


async def test_a_cover_is_a_file_of_the_blog_or_a_url(client: httpx.AsyncClient) -> None:
    path = f"/posts/{(await publish(client, title='A', cover=FILE))['id']}"
    for sent, stored in COVERS.items():
        response = await client.patch(path, json={"cover": sent})
        assert response.status_code == 200, response.text
        assert response.json()["cover"] == stored
        assert (await read(client, f"{path}?fields=cover")).json() == {"cover": stored}
        assert (await publish(client, cover=sent))["cover"] == stored
    for bad in NO_COVERS:
        assert_problem(await client.patch(path, json={"cover": bad}), 422, "cover")
    assert_problem(
        await client.post("/posts", json={"title": "A", "content": "", "cover": "/"}), 422, "cover"
    )
