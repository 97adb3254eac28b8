"""Odd requests get the error pages they deserve, and reveal nothing."""

from urllib.parse import unquote_to_bytes

import pytest

from everpost.domain.posts import PostStatus
from tests.api.asgi import ask
from tests.contract.pages.conftest import Site
from tests.contract.port.examples import publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

SECRET = "sesame"
TARGETS = (
    "//",
    "/\\",
    "/../hello",
    "/hello/../sesame",
    "/hello//",
    "/%00",
    "/hello%00",
    "/%ff",
    "/%ed%a0%80",
    "/%25zz",
    "/hello%0d%0aX: y",
    "/" + "a" * 10_000,
    "/x" * 5_000,
    "/sesame",
    "/sesame/",
    "/SESAME.html",
    "/old/sesame/index.html",
    "/tags/sesame",
    "/tags/sesame/atom.xml",
    "/tags/%00",
    "/tags/../sesame",
    "/tags//atom.xml",
    "/authors/x/atom.xml",
    "/?after=x",
    "/?after=" + "A" * 10_000,
    "/?before=LTk5OTk5OTk5OTk5OTk5LjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA",
    "/?after=OTk5OTk5OTk5OTk5OTk5LjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA",
    "/hello?thread=x&comments=x",
    "/hello?reply=" + "0" * 24,
    "/comments/x/y?key=%00",
    "/sitemap-%00.xml",
    "/sitemap-99999.xml",
    "/static/../../settings.py",
)
HEADERS = (
    ("if-modified-since", "1 Jan 2020 00:00:00 +99999999999999999999"),
    ("if-modified-since", "Fri, 31 Dec 9999 23:59:59 -2359"),
    ("if-modified-since", "\xff"),
    ("if-none-match", 'W/"' * 1_000),
    ("if-match", '"x"'),
    ("range", "bytes=0-1"),
    ("accept", ";;q=x"),
    ("accept-encoding", "gzip;q=," * 1_000),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "javascript"),
    ("x-original-url", "/sesame"),
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE", "FOO"])
async def test_odd_addresses_lead_nowhere(site: Site, method: str, subtests: pytest.Subtests) -> None:
    await publish(site.store, slug="hello")
    await publish(
        site.store,
        title=SECRET,
        slug=SECRET,
        tags=(SECRET,),
        paths=(f"/old/{SECRET}",),
        status=PostStatus.DRAFT,
    )
    for target in TARGETS:
        with subtests.test(target[:40]):
            path, _, query = target.partition("?")
            decoded = unquote_to_bytes(path).decode(errors="replace")
            answer = await ask(site.app, method, f"{decoded}?{query}" if query else decoded)
            assert answer.status in {200, 301, 302, 404, 405, 415}
            assert SECRET not in answer.body.decode()
            assert SECRET not in str(answer.headers)


async def test_odd_headers_change_nothing(site: Site, subtests: pytest.Subtests) -> None:
    await publish(site.store, slug="hello", paths=("/old",))
    for path, status in {"/": 200, "/hello": 200, "/atom.xml": 200, "/sitemap.xml": 200, "/old": 301}.items():
        usual = await ask(site.app, "GET", path)
        assert usual.status == status
        for name, value in HEADERS:
            with subtests.test(path, header=name):
                answer = await ask(site.app, "GET", path, headers=[(name.encode(), value.encode("latin-1"))])
                assert answer.status == status
                assert answer.body == usual.body


async def test_a_forged_host_is_on_nobody_elses_page(site: Site) -> None:
    await publish(site.store, slug="hello")
    for path in ("/", "/hello", "/atom.xml", "/sitemap.xml", "/robots.txt", "/feeds"):
        usual = await site.get(path)
        for host in ("evil.example", "EVIL.example:99999", "evil.example/x", "evil.example@blog.example"):
            assert (await site.get(path, host=host)).status_code == 200
            assert (await site.get(path)).content == usual.content
        assert "evil" not in usual.text
