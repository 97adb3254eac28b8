"""Feeds as subscribers read them: with feedparser, with reader, and with every published XSS vector."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
import uvicorn
from lxml import etree
from reader import Reader, make_reader
from starlette.types import Message, Receive, Scope, Send

from everpost.app import Blog
from everpost.domain.blog import BlogChange
from everpost.domain.clock import EARLIEST, now
from everpost.domain.comments import CommentPolicy
from everpost.domain.people.users import MAX_NAME
from everpost.domain.posts import MAX_TAG, Post, PostFormat
from everpost.markup import allow_lists
from everpost.markup.mathml import _ELEMENTS
from everpost.stores.port import Store
from tests.contract.pages.feeds import ATOM, FILES, Feed, parse, paths
from tests.contract.port.examples import LATER, MOMENT, a_user, comment_on, publish
from tests.unit.markup.test_xss import COMMENT_ATTRIBUTES, POST_ATTRIBUTES
from tests.web.test_pages import blog, client_of
from tests.xss.inspection import faults
from tests.xss.vectors import LISTED

__all__ = ["blog"]
CONTENT = """
# Heading

*Text* with a [link](/about), a footnote[^1], an ![image](a.png), `code` & <b>HTML</b>.

| a | b |
|---|---|
| 1 | 2 |

- [x] done

$$x^2$$

```python
x = 1 < 2
```

[^1]: The note.
"""
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ODD = "A <b>title</b> & ]]> \x01\x0b\x1f\ufffe\uffff \U0001f600 \u2028 é"


@pytest.fixture
async def subject(blog: Blog) -> tuple[Store, Post]:
    """A store with a post that has all that a feed can show."""
    store = await blog.state.lifecycle.store()
    change = BlogChange(updated_at=now(), title="Läser & <Schreiber>", description=ODD, language="pt-BR")
    await store.blog.save(change, match=None)
    await store.blog.save(BlogChange(updated_at=now(), comment_policy=CommentPolicy.OPEN), match=None)
    ada = (await store.users.add(a_user(name="Ada <Å> & Co"))).author
    for number in range(30):
        date = MOMENT + timedelta(seconds=number)
        await publish(store, title=f"No. {number}", tags=("t",), author=ada, publication_date=date)
    post = await publish(
        store,
        title=ODD,
        content=CONTENT + ODD,
        tags=("t", ODD),
        author=ada,
        publication_date=MOMENT + timedelta(days=1),
    )
    await comment_on(store, post.id, guest_name=ODD, content=CONTENT + ODD)
    await comment_on(store, post.id, author=ada, publication_date=LATER)
    return store, post


def every_path(post: Post) -> list[str]:
    assert post.author is not None
    return paths(post, author=post.author)


async def test_feedparser_finds_no_fault(blog: Blog, subject: tuple[Store, Post]) -> None:
    client = client_of(blog)
    for path in every_path(subject[1]):
        if path.endswith(".json"):
            continue
        answer = await client.get(path)
        found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
        assert (found.bozo, found.version) == (False, "atom10" if path.endswith("atom.xml") else "rss20")
        assert found.feed.title
        assert found.entries
        for entry in found.entries:
            assert entry.id.startswith("urn:uuid:")
            assert entry.link.startswith("http://site.example/")
            assert entry.author
            assert entry.published_parsed
            assert entry.updated_parsed


def schemas() -> list[etree.RelaxNG]:
    """Our schema, which is stricter but knows only what Everpost writes. RFC 4287 has one, too, which its
    copyright statement does not let us copy; `EVERPOST_TEST_ATOM_SCHEMA` names a file with it (in XML).
    """
    paths = [Path(__file__).parent / "data" / "atom.rng"]
    if given := os.environ.get("EVERPOST_TEST_ATOM_SCHEMA"):
        paths.append(Path(given))
    return [etree.RelaxNG(etree.parse(path)) for path in paths]


async def pages_of_atom(client: httpx.AsyncClient, path: str) -> AsyncIterator[etree._Element]:
    """The feed at this path, and the pages that follow."""
    url: str | None = path
    while url is not None:
        answer = await client.get(url)
        assert answer.status_code == 200, url
        yield etree.fromstring(answer.content)
        url = parse(answer).next


async def check_atom(client: httpx.AsyncClient, path: str) -> int:
    """Check that all pages of the feed follow RFC 4287: the schema, one alternate and one self link, an
    author, and no id twice. Returns the number of pages.
    """
    pages = [page async for page in pages_of_atom(client, path)]
    for feed in pages:
        for schema in schemas():
            assert schema.validate(feed), (path, schema.error_log)
        relations = [link.attrib["rel"] for link in feed.findall(f"{ATOM}link")]
        assert len(set(relations)) == len(relations)
        assert {"self", "alternate", "first"} <= set(relations)
        assert feed.find(f"{ATOM}author") is not None
    entries = [element.text for feed in pages for element in feed.iterfind(f"{ATOM}entry/{ATOM}id")]
    assert len({feed.findtext(f"{ATOM}id") for feed in pages}) == 1
    assert len(set(entries)) == len(entries)
    return len(pages)


async def test_atom_follows_its_rules(blog: Blog, subject: tuple[Store, Post]) -> None:
    store, post = subject
    for number in range(25):
        date = MOMENT + timedelta(seconds=number)
        await comment_on(store, post.id, guest_name=ODD, content=CONTENT, publication_date=date)
    html = "<p>A <a href='/a'>link</a> &amp; <br> <svg></svg> <script>x</script> ]]></p>"
    await publish(store, title=" ", content=html, format=PostFormat.HTML, tags=("t",), summary=ODD)
    await publish(store, title="\x01", content="", publication_date=EARLIEST)
    found = {path: await check_atom(client_of(blog), path) for path in every_path(post) if "atom" in path}
    assert found == {
        "/atom.xml": 2,
        "/tags/t/atom.xml": 2,
        f"/authors/{post.author and post.author.id}/atom.xml": 2,
        "/comments/atom.xml": 2,
        f"/comments/{post.id}/atom.xml": 2,
    }


async def test_atom_of_an_empty_blog_follows_its_rules(blog: Blog) -> None:
    for path in ("/atom.xml", "/comments/atom.xml"):
        assert await check_atom(client_of(blog), path) == 1


class Recorder:
    """An application that notes the status of each response."""

    def __init__(self, application: Blog) -> None:
        self._application = application
        self.statuses: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def record(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])
            await send(message)

        await self._application(scope, receive, record)


@pytest.fixture
async def server(blog: Blog) -> AsyncIterator[tuple[Recorder, str]]:
    """The blog at an address of this machine."""
    recorder = Recorder(blog)
    config = uvicorn.Config(recorder, lifespan="off", log_config=None, access_log=False)
    running = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(running.serve([listening]))
        yield recorder, f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        await task


async def test_a_reader_polls_twice_and_gets_304_the_second_time(
    server: tuple[Recorder, str], subject: tuple[Store, Post]
) -> None:
    recorder, address = server
    urls = [f"{address}{path}" for path in every_path(subject[1])]

    def poll(reader: Reader) -> None:
        for url in urls:
            reader.update_feed(url)

    def check(reader: Reader) -> None:
        for url in urls:
            feed = reader.get_feed(url)
            assert feed.last_exception is None
            assert feed.title
            entries = list(reader.get_entries(feed=url))
            assert len(entries) == (2 if "/comments/" in url else 20)
            for entry in entries:
                assert entry.id.startswith("urn:uuid:")
                assert (entry.title is None, entry.published is None, entry.link is None) == (False,) * 3
                assert entry.get_content() is not None

    def work() -> None:
        with make_reader(":memory:") as reader:
            for url in urls:
                reader.add_feed(url)
            poll(reader)
            check(reader)
            poll(reader)
            check(reader)

    await asyncio.to_thread(work)
    assert recorder.statuses == [200] * len(urls) + [304] * len(urls)


async def test_no_xss_vector_changes_a_feed_or_its_html(blog: Blog) -> None:
    store = await blog.state.lifecycle.store()
    client = client_of(blog)
    await store.blog.save(BlogChange(updated_at=now(), comment_policy=CommentPolicy.OPEN), match=None)
    first: Post | None = None
    for number, vector in enumerate(LISTED):
        post = await publish(
            store,
            title=vector,
            content=vector,
            summary=vector,
            tags=(_tag(vector),),
            format=list(PostFormat)[number % 2],
            publication_date=MOMENT + timedelta(seconds=number),
        )
        first = first or post
        date = MOMENT + timedelta(milliseconds=number)
        await comment_on(store, first.id, guest_name=vector[:MAX_NAME], content=vector, publication_date=date)
    assert first is not None
    for file in FILES:
        posts = [item async for feed in walk(client, f"/{file}") for item in feed.items]
        texts = [each if file == "feed.json" else NOT_IN_XML.sub("", each) for each in reversed(LISTED)]
        assert [item.title for item in posts] == texts
        assert [item.tags[0] for item in posts] == list(map(_tag, texts))
        assert [fault for item in posts for fault in _faults_of_post(item.html)] == []
        path = f"/comments/{first.id}/{file}"
        comments = [item async for feed in walk(client, path) for item in feed.items]
        assert [item.author for item in comments] == [text[:MAX_NAME] for text in texts]
        assert [fault for item in comments for fault in _faults_of_comment(item.html)] == []


def _tag(vector: str) -> str:
    return vector.strip()[:MAX_TAG]


def _faults_of_post(html: str) -> Iterator[str]:
    elements = allow_lists.POST_ELEMENTS | _ELEMENTS
    return faults(html, elements, POST_ATTRIBUTES, allow_lists.URL_SCHEMES)


def _faults_of_comment(html: str) -> Iterator[str]:
    elements = allow_lists.COMMENT_ELEMENTS | {"span"}
    return faults(html, elements, COMMENT_ATTRIBUTES, allow_lists.COMMENT_URL_SCHEMES)


async def walk(client: httpx.AsyncClient, path: str) -> AsyncIterator[Feed]:
    """Every page of a feed."""
    url: str | None = path
    while url is not None:
        feed = parse(await client.get(url))
        yield feed
        url = feed.next
