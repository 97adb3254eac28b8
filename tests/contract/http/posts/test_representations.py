"""Representations that clients choose: `include=html` and `fields`."""

from typing import Any

import httpx
import pytest

from everpost.domain.comments import MAX_COMMENT, REPLIES_SHOWN
from tests.contract.http.calls import assert_problem, comment_on, next_page, publish, read
from tests.contract.http.people import headers_of

MARKDOWN = "# Title\n\nSome *text*, ![alt](a.png) and `code`.\n\n## Title\n"
HTML = (
    '<h2 id="user-content-title">Title</h2>\n'
    '<p>Some <em>text</em>, <img alt="alt" src="a.png" loading="lazy" decoding="async"> and '
    "<code>code</code>.</p>\n"
    '<h3 id="user-content-title-1">Title</h3>\n'
)
RENDERED = {
    "html": HTML,
    "excerpt": "Some text, and code.",
    "outline": [
        {"level": 2, "id": "user-content-title", "text": "Title"},
        {"level": 3, "id": "user-content-title-1", "text": "Title"},
    ],
    "reading_minutes": 1,
}


async def shown(client: httpx.AsyncClient, path: str) -> Any:  # noqa: ANN401 - JSON
    return (await read(client, path)).json()


async def test_a_post_comes_with_its_html(client: httpx.AsyncClient) -> None:
    plain = await publish(client, content=MARKDOWN)
    path = f"/posts/{plain['id']}"
    assert await shown(client, f"{path}?include=html") == plain | RENDERED
    assert (await client.get(path)).json() == plain


async def test_the_format_decides_how_content_is_rendered(client: httpx.AsyncClient) -> None:
    post = await publish(client, content="<p>*a*<script>x</script>", format="html")
    assert (await shown(client, f"/posts/{post['id']}?include=html"))["html"] == "<p>*a*</p>"


async def test_lists_and_slugs_come_with_html(client: httpx.AsyncClient) -> None:
    post = await publish(client, content=MARKDOWN, slug="s")
    for path in ("/posts?include=html", "/posts?slug=s&include=html"):
        assert await shown(client, path) == [post | RENDERED]


async def test_comments_come_with_their_html(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"], content="a *b* <i>c</i>\n[d](http://e.example)")
    reply = await comment_on(client, post["id"], content="r", parent_id=comment["id"])
    path = f"/posts/{post['id']}"
    html = (
        '<p>a <em>b</em> &lt;i&gt;c&lt;/i&gt;<br>\n<a href="http://e.example" rel="nofollow ugc">d</a></p>\n'
    )
    assert (await shown(client, f"{path}/comments/{comment['id']}?include=html"))["html"] == html
    for comments in (
        await shown(client, f"{path}/comments?include=html"),
        (await shown(client, f"{path}?include=html"))["comments"],
        (await shown(client, "/posts?include=html"))[0]["comments"],
    ):
        assert [(each["id"], each["html"]) for each in comments] == [
            (comment["id"], html),
            (reply["id"], "<p>r</p>\n"),
        ]
    [node] = await shown(client, f"{path}/comments?view=tree&include=html")
    assert (node["html"], node["replies"][0]["html"]) == (html, "<p>r</p>\n")


async def test_the_moderation_queue_comes_with_html(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    await comment_on(client, post["id"], content="*a*")
    assert await shown(client, "/comments?status=approved&include=html&fields=html") == [
        {"html": "<p><em>a</em></p>\n"}
    ]


async def test_a_tombstone_has_no_html(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"], content="secret")
    await comment_on(client, post["id"], parent_id=comment["id"])
    path = f"/posts/{post['id']}/comments"
    await client.delete(f"{path}/{comment['id']}")
    seen = await client.get(f"{path}?include=html", headers=headers_of("nobody"))
    tombstone, _ = seen.json()
    assert (tombstone["content"], tombstone["html"]) == (None, None)
    assert "secret" not in seen.text


async def test_fields_are_selected(client: httpx.AsyncClient) -> None:
    post = await publish(client, title="T", content=MARKDOWN)
    comment = await comment_on(client, post["id"], content="c")
    reply = await comment_on(client, post["id"], content="r", parent_id=comment["id"])
    path = f"/posts/{post['id']}"
    assert await shown(client, f"{path}?fields=title,id") == {"id": post["id"], "title": "T"}
    assert await shown(client, "/posts?fields=slug") == [{"slug": post["slug"]}]
    assert await shown(client, f"{path}?fields=excerpt") == {"excerpt": RENDERED["excerpt"]}
    assert await shown(client, f"{path}?include=html&fields=title") == {"title": "T"}
    assert await shown(client, f"{path}/comments/{reply['id']}?fields=content") == {"content": "r"}
    assert await shown(client, f"{path}/comments?fields=content") == [{"content": "c"}, {"content": "r"}]
    assert await shown(client, f"{path}/comments?view=tree&fields=content,replies") == [
        {"content": "c", "replies": [{"content": "r", "replies": []}]}
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("fields=id,nothing", "fields"),
        ("fields=", "fields"),
        ("fields=author.name", "fields"),
        ("fields=id,", "fields"),
        ("include=text", "include"),
        ("include=", "include"),
    ],
)
async def test_an_unknown_choice_is_refused(client: httpx.AsyncClient, query: str, field: str) -> None:
    post = await publish(client)
    for path in ("/posts", f"/posts/{post['id']}", f"/posts/{post['id']}/comments"):
        problem = assert_problem(await client.get(f"{path}?{query}"), 422)
        assert [error["field"] for error in problem["errors"]] == [field]


async def test_each_representation_has_its_own_etag(client: httpx.AsyncClient) -> None:
    post = await publish(client, content=MARKDOWN)
    path = f"/posts/{post['id']}"
    paths = [path, f"{path}?include=html", f"{path}?fields=id", f"{path}?fields=id,title"]
    tags = [(await client.get(each)).headers["etag"] for each in paths]
    assert len(set(tags)) == len(tags)
    for each, tag in zip(paths, tags, strict=True):
        assert (await client.get(each, headers={"if-none-match": tag})).status_code == 304
        other = [known for known in tags if known != tag]
        assert (await client.get(each, headers={"if-none-match": ", ".join(other)})).status_code == 200


async def test_the_etag_of_any_representation_is_a_precondition(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    path = f"/posts/{post['id']}"
    tag = (await client.get(f"{path}?include=html")).headers["etag"]
    assert (await client.patch(path, json={"title": "1"}, headers={"if-match": tag})).status_code == 200
    assert (await client.patch(path, json={"title": "2"}, headers={"if-match": tag})).status_code == 412


async def test_the_next_pages_have_the_same_representation(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await publish(client, content=f"*{number}*")
    page = await read(client, "/posts?limit=2&fields=html&sort=publication_date")
    assert page.json() == [{"html": f"<p><em>{number}</em></p>\n"} for number in range(2)]
    following = next_page(page)
    assert following is not None
    assert await shown(client, following) == [{"html": "<p><em>2</em></p>\n"}]


async def test_the_next_replies_have_the_same_representation(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"])
    for _ in range(REPLIES_SHOWN + 1):
        await comment_on(client, post["id"], content="r", parent_id=comment["id"])
    fields = "include=html&fields=html,next_replies"
    [node] = await shown(client, f"/posts/{post['id']}/comments?view=tree&{fields}")
    assert await shown(client, node["next_replies"]) == [{"html": "<p>r</p>\n", "next_replies": None}]


async def test_the_longest_comment_is_rendered(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    comment = await comment_on(client, post["id"], content="[" * MAX_COMMENT)
    read_again = await shown(client, f"/posts/{post['id']}/comments/{comment['id']}?include=html")
    assert read_again["html"].startswith("<p>[[[")
