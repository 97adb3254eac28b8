"""The preview of a post, and the check before it is published."""

import pytest

from everpost.domain.posts import PostStatus
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, open_editor, send
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store


async def test_the_preview_is_the_page_that_readers_will_see(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    typed = {
        "title": "Ä title", "content": "*One*\r\n\r\n<script>alert(1)</script>", "tags": "a, b",
        "publication_date": "2020-05-04T03:02", "author_id": PEOPLE["other author"].user.id, "slug": "here",
    }  # fmt: skip
    fields = await open_editor(ada) | typed
    answer = await ada.send("/desk/preview", fields)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert (await desk.get("/here")).status_code == 404
    await send(ada, None, fields, "publish")
    real = await desk.get("/here")
    shown = "//article/header//text() | //article/header//@datetime | //div[@class='prose']//text()"
    for parts in (shown, "//article//@href"):
        assert Page(answer).all(parts) == Page(real).all(parts)
    assert Page(answer).one("//meta[@name='robots']/@content") == "noindex"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"publication_date": "x", "kind": "x", "format": "x", "author_id": "x", "id": "x"},
        {"title": "", "content": "\x00", "slug": "/../", "tags": '"a,'},
        {"title": "ﷺ" * 100_000, "slug": "ﷺ" * 100_000, "tags": "a," * 100_000, "summary": "a" * 100_000},
    ],
    ids=range(4),
)
async def test_anything_can_be_previewed(desk: DeskSite, fields: dict[str, str]) -> None:
    ann = await desk.as_("author")
    answer = await ann.send("/desk/preview", {"title": "", **fields})
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    assert Page(await ann.get("/desk/preview")).one("//h1") == "Untitled"


async def test_a_link_to_the_preview_is_shared_and_revoked(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, title="Shared")
    page = Page(await ann.get(f"/desk/posts/{post.id}"))
    shared = Page(await ann.send(page.one("//form[contains(@action, 'preview-link')]/@action"), {"a": "b"}))
    link = shared.one("//main//p/a[starts-with(@href, 'http')]/@href")
    assert Page(await desk.get(link)).one("//h1") == "Shared"
    revoked = await ann.send(shared.one("//main//form/@action"), {"a": "b"})
    assert revoked.headers["location"] == f"/desk/posts/{post.id}"
    assert (await desk.get(link)).status_code == 404


ADVICE = """[gone](/gone) [there](/there) [tags](/tags/x) [home](/) [self](/self#part) [old](/old/path/)
[draft](/draft) [absolute](http://blog.example/missing?a=b) [away](https://other.example/gone)
[mail](mailto:a@b.c)

## Two

#### Four

# One

![](/a.png) ![ ](/b.png) ![text](/c.png)
"""


async def test_the_check_advises_and_never_blocks(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    await a_post(desk.store, slug="there", paths=("/old/path",), status=PostStatus.PUBLISHED)
    await a_post(desk.store, slug="draft")
    post = await a_post(desk.store, slug="self", title=" ", content=ADVICE)
    advice = "//aside[@class='advice']//li"
    page = Page(await ann.get(f"/desk/posts/{post.id}"))
    assert page.all(advice) == [
        "The post has no title.",
        "The link to /gone leads nowhere on this blog.",
        "The link to /draft leads nowhere on this blog.",
        "The link to /missing leads nowhere on this blog.",
        "2 images have no alternative text.",
        "The heading “Two” skips a level.",  # with a first level in the text, this is the third of the page
        "The heading “Four” skips a level.",
    ]
    assert (await send(ann, post.id, await open_editor(ann, post.id), "publish")).status_code == 303
    fine = await a_post(desk.store, content="Fine.")
    assert Page(await ann.get(f"/desk/posts/{fine.id}")).all(advice) == []
