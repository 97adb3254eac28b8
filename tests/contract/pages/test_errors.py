"""Error pages have the style of the blog."""

import pytest

from everpost.domain.ids import new_id
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

NOWHERE = {
    "no such post": "/nothing",
    "two segments": "/no/thing",
    "no slug": "/---",
    "NUL": "/%00",
    "broken UTF-8": "/%ff",
    "a newline": "/hello%0a",
    "no such tag": "/tags/nothing",
    "no tag": "/tags/",
    "a feed of no tag": "/tags//atom.xml",
    "NUL in a tag": "/tags/%00",
    "no such author": f"/authors/{new_id()}",
    "no id": "/authors/ann",
    "no such comment": f"/comments/{new_id()}/{new_id()}",
    "a forged cursor": "/?after=x",
    "a cursor beyond the end": "/?after=MC4wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA",
    "a forged cursor of comments": "/hello?comments=x",
    "a thread of no comment": f"/hello?thread={new_id()}",
    "a forged cursor of tags": "/tags?after=%00",
}


async def test_an_address_without_a_page_is_404(site: Site, subtests: pytest.Subtests) -> None:
    await site.change(title="The Quiet Reader", language="ar")
    await publish(site.store, slug="hello", author=ANN)
    for name, path in NOWHERE.items():
        with subtests.test(name):
            answer = await site.get(path)
            page = Page(answer)
            assert answer.status_code == 404
            assert page.one("//h1") == "Page not found"
            assert page.one("//header//a[@href='/']") == "The Quiet Reader"
            assert page.one("//html/@dir") == "rtl"
            assert page.one("//meta[@name='robots']/@content") == "noindex"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-security-policy"].startswith("default-src 'none';")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/hello", "GET, HEAD, POST"), ("PUT", "/", "GET, HEAD"), ("PUT", "/tags/t", "GET, HEAD")],
)
async def test_an_unsupported_method_is_405(site: Site, method: str, path: str, allowed: str) -> None:
    answer = await site.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert Page(answer).one("//h1") == "Method not allowed"


async def test_requests_that_are_too_large_are_refused_with_a_page(site: Site) -> None:
    for answer, status in (
        (await site.get("/hello?" + "x" * 20_000), 414),
        (await site.get("/hello", x_long="x" * 40_000), 431),
    ):
        assert answer.status_code == status
        assert Page(answer).one("//main//p[@class='by']") == f"Error {status}"


async def test_a_comment_on_a_post_that_is_gone_is_not_lost(site: Site) -> None:
    fields = {"name": "Gus <b>", "content": "\r\nSome *words*\r\n</textarea>"}
    for path in ("/gone", f"/comments/{new_id()}/{new_id()}?key=a"):
        answer = await site.send(path, fields)
        page = Page(answer)
        assert answer.status_code == 404
        assert page.one("//main//h1") == "Page not found"
        assert page.form.fields["name"] == "Gus <b>"
        assert page.form.fields["content"].split() == ["Some", "*words*", "</textarea>"]
        assert page.all("//main//button") == []
    for sent in ({}, {"name": "Gus", "content": " "}, {"a": "b"}):
        assert Page(await site.send("/gone", sent)).all("//main//form") == []
    assert Page(await site.get("/gone?content=a")).all("//main//form") == []


async def test_a_comment_from_another_site_is_not_shown_again(site: Site) -> None:
    answer = await site.send("/gone", {"name": "Gus", "content": "Words"}, origin="https://evil.example")
    assert answer.status_code == 403
    assert "Words" not in answer.text
