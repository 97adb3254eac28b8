"""Finding the post of a thread."""

import pytest

from everpost.domain.ids import Id
from everpost.errors import Invalid
from everpost.stores.port import Store
from everpost.transfer.importers.model import SourceThread
from everpost.transfer.importers.pipeline.url_matching import matcher_of
from tests.contract.port.examples import a_post, numbered

FIRST, UMLAUT, DATED = numbered(1), numbered(2), numbered(3)
SLUGS = {FIRST: "first-post", UMLAUT: "größe", DATED: "2024-01-31-a-day"}
PATHS = {DATED: ("/2019/05/Hello.html", "/first-post/old", "/gr", "/grüße", "/?p=7")}


@pytest.fixture
async def store_of_three(store: Store) -> Store:
    for post_id, slug in SLUGS.items():
        await store.posts.add(a_post(id=post_id, slug=slug, paths=PATHS.get(post_id, ())))
    return store


async def match(store: Store, url: str, rule: str | None = None) -> Id | None:
    return await matcher_of(rule).match(store, SourceThread(url=url, title=""))


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://blog.example/first-post/", FIRST),
        ("https://blog.example/2024/01/31/first-post.html?utm_source=a#comments", FIRST),
        ("https://blog.example/2024/first-post/index.html", FIRST),
        ("https://blog.example/2024-01-31-first-post.html", FIRST),
        ("/posts/First_Post", FIRST),
        ("first-post", FIRST),
        ("https://blog.example/gr%C3%B6%C3%9Fe", UMLAUT),
        ("https://blog.example/gr%F6%DFe", UMLAUT),
        ("https://blog.example/größe.php", UMLAUT),
        ("https://blog.example/2024-01-31-a-day/", DATED),
        (f"https://blog.example/posts/{FIRST}", FIRST),
        (f"https://blog.example/posts/{FIRST}/whatever-it-is", FIRST),
        ("https://blog.example/2019/05/Hello.html?utm=a#disqus_thread", DATED),
        ("https://blog.example/2019/05/Hello/", DATED),
        ("http://old.example/first-post/old/index.html", DATED),
        ("https://blog.example/gr%C3%BC%C3%9Fe", DATED),
        ("https://blog.example/gr%FC%DFe/", DATED),
        ("2019/05/Hello", DATED),
        ("https://blog.example/2019/05/hello.html", None),
        ("https://blog.example/2019/05", None),
        ("https://blog.example/first-post/other", None),
        (f"https://blog.example/posts/{numbered(9)}", None),
        ("https://blog.example/", None),
        ("https://blog.example/?p=7", DATED),
        ("https://blog.example/index.php?page_id=7#comments", DATED),
        ("https://blog.example/?p=12", None),
        ("", None),
        ("http://[/first-post", FIRST),
        ("/\x00\ud800", None),
        ("/" + "a" * 100_000, None),
    ],
)
async def test_the_end_of_the_path_identifies_a_post(store_of_three: Store, url: str, id: Id | None) -> None:
    assert await match(store_of_three, url) == id


@pytest.mark.parametrize(
    ("rule", "url", "id"),
    [
        (r"https://blog\.example/(?P<slug>[^/]+)/\d+$", "https://blog.example/first-post/12", FIRST),
        (r"https://blog\.example/(?P<slug>[^/]+)/\d+$", "https://other.example/first-post/12", None),
        (r"[?&]id=(?P<id>\w+)", f"https://blog.example/?id={DATED}", DATED),
        (r"/(?P<slug>[^/?]*)(\?id=(?P<id>\w+))?$", "https://blog.example/gr%C3%B6%C3%9Fe", UMLAUT),
        (r"/(?P<slug>[^/?]*)(\?id=(?P<id>\w+))?$", f"/first-post?id={DATED}", DATED),
        (r"/(?P<slug>)$", "/", None),
    ],
)
async def test_a_pattern_identifies_a_post(store_of_three: Store, rule: str, url: str, id: Id | None) -> None:
    assert await match(store_of_three, url, rule) == id


@pytest.mark.parametrize("rule", ["(", "", "no group", "(?P<name>a)", "a{99999999999999999999}"])
def test_an_invalid_pattern_is_refused(rule: str) -> None:
    with pytest.raises(Invalid) as raised:
        matcher_of(rule)
    assert raised.value.field == "match"
