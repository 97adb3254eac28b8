"""The metadata of pages, for search engines and previews of links."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from everpost.domain.comments import CommentStatus
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

DATE = datetime(2024, 2, 28, 20, tzinfo=UTC)


def structured(page: Page) -> dict[str, Any]:
    """The structured data of a page, by type."""
    found = [json.loads(each) for each in page.all("//script[@type='application/ld+json']")]
    return {each["@type"]: each for each in found}


def properties(page: Page) -> list[tuple[str, str]]:
    """The Open Graph properties of a page."""
    return list(zip(page.all("//meta/@property"), page.all("//meta[@property]/@content"), strict=True))


async def test_a_post_describes_itself(site: Site) -> None:
    await site.change(title="The Quiet Reader", language="pt-BR")
    post = await publish(
        site.store,
        title="Hello </script>",
        content="![A cat](/media/cat.png) Some *words*.",
        slug="hello",
        tags=("news", "cats"),
        author=ANN,
        publication_date=DATE,
        updated_at=DATE,
    )
    shown = await comment_on(site.store, post.id, guest_name="Gus", content="Good.", publication_date=DATE)
    await comment_on(site.store, post.id, guest_name="Eve", status=CommentStatus.PENDING)
    page = Page(await site.get("/hello"))
    url = "http://blog.example/hello"
    posting = structured(page)["BlogPosting"]
    assert posting == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": "Hello </script>",
        "description": "Some words.",
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": "2024-02-28T20:00:00.000Z",
        "dateModified": "2024-02-28T20:00:00.000Z",
        "inLanguage": "pt-BR",
        "keywords": ["news", "cats"],
        "image": "http://blog.example/media/cat.png",
        "author": {
            "@type": "Person",
            "name": ANN.name,
            "url": f"http://blog.example/authors/{ANN.id}",
        },
        "commentCount": 1,
        "comment": [
            {
                "@type": "Comment",
                "url": f"{url}#comment-{shown.id}",
                "text": "Good.",
                "datePublished": "2024-02-28T20:00:00.000Z",
                "author": {"@type": "Person", "name": "Gus"},
            }
        ],
    }
    steps = structured(page)["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "The Quiet Reader", "http://blog.example/"),
        (2, "Hello </script>", url),
    ]
    assert properties(page) == [
        ("og:type", "article"),
        ("og:site_name", "The Quiet Reader"),
        ("og:title", "Hello </script>"),
        ("og:description", "Some words."),
        ("og:url", url),
        ("og:locale", "pt_BR"),
        ("og:image", "http://blog.example/media/cat.png"),
        ("article:published_time", "2024-02-28T20:00:00.000Z"),
        ("article:modified_time", "2024-02-28T20:00:00.000Z"),
        ("article:tag", "news"),
        ("article:tag", "cats"),
    ]


async def test_the_home_page_describes_the_blog(site: Site) -> None:
    await site.change(title="The Quiet Reader", description="Notes.", base_url="https://notes.example/blog")
    page = Page(await site.get("/"))
    assert page.one("//title") == "The Quiet Reader"
    assert page.one("//meta[@name='description']/@content") == "Notes."
    assert structured(page) == {
        "Blog": {
            "@context": "https://schema.org",
            "@type": "Blog",
            "name": "The Quiet Reader",
            "url": "https://notes.example/blog/",
            "inLanguage": "en",
            "description": "Notes.",
        }
    }


async def test_addresses_have_the_scheme_that_the_proxy_saw(site: Site, strict_site: Site) -> None:
    """Only the second blog is behind a proxy."""
    await publish(site.store, slug="hello")
    for blog, scheme in ((site, "http"), (strict_site, "https")):
        page = Page(await blog.get("/hello", x_forwarded_proto="https", x_forwarded_for="192.0.2.7"))
        assert page.one("//link[@rel='canonical']/@href") == f"{scheme}://blog.example/hello"
