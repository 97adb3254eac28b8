"""Everpost's own texts are in the language of the blog, whatever the browser prefers."""

import feedparser
import pytest

from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import new_id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.posts import Post, PostStatus
from everpost.services.drafts.preview_links import create_link
from tests.contract.http.people import PEOPLE
from tests.contract.pages.conftest import ANN, Site
from tests.contract.pages.html import Page
from tests.contract.port.examples import a_post, comment_on, publish

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

GUS = {"name": "Gus", "content": "Hallo"}


@pytest.fixture(autouse=True)
async def post(open_site: Site) -> Post:
    await open_site.change(language="de", title="Blog")
    post = await publish(open_site.store, title="Hallo", slug="hallo", author=ANN, tags=("neu",))
    await comment_on(open_site.store, post.id, guest_name="Eva")
    return post


PAGES = {
    "/": ("//article//a[@aria-label]/@aria-label", "1 Kommentar zu Hallo"),
    "/hallo": ("//form//h3", "Kommentar schreiben"),
    "/tags": ("//h1", "Schlagwörter"),
    "/tags/neu": ("//main/header/p", "Beiträge mit dem Schlagwort"),
    f"/authors/{ANN.id}": ("//main/header/p", "Beiträge von"),
    "/archive": ("//h1", "Archiv"),
    "/feeds": ("//main/h2[1]", "Alle Beiträge"),
    "/nichts": ("//h1", "Seite nicht gefunden"),
}


async def test_each_page_is_in_the_language_of_the_blog(open_site: Site, subtests: pytest.Subtests) -> None:
    for path, (place, text) in PAGES.items():
        with subtests.test(path):
            page = Page(await open_site.get(path, accept_language="en"))
            assert page.one(place) == text
            assert page.one("//a[@class='skip']") == "Zum Inhalt springen"
            assert page.one("//a[@class='skip']/@lang") == "de"


async def test_a_region_has_the_language_and_others_have_english(open_site: Site) -> None:
    for language, texts, lang in (("de-AT", "Archiv", "de"), ("fr", "Archive", "en")):
        await open_site.change(language=language)
        page = Page(await open_site.get("/archive"))
        assert (page.one("//html/@lang"), page.one("//h1"), page.one("//h1/@lang")) == (language, texts, lang)


async def test_a_new_language_makes_new_pages(open_site: Site) -> None:
    paths = ("/", "/hallo", "/tags", "/archive", "/feeds", "/comments/rss.xml")
    before = {path: await open_site.get(path) for path in paths}
    await open_site.change(language="en")
    for path, old in before.items():
        new = await open_site.get(path, if_none_match=old.headers["etag"])
        assert new.status_code == 200, path
        assert new.headers["etag"] != old.headers["etag"], path
    await open_site.change(language="de")
    for path, old in before.items():
        assert (await open_site.get(path, if_none_match=old.headers["etag"])).status_code == 304, path


async def test_the_titles_of_feeds_are_in_the_language_of_the_blog(open_site: Site, post: Post) -> None:
    titles = [
        feedparser.parse((await open_site.get(path)).content).feed.title
        for path in ("/comments/atom.xml", f"/comments/{post.id}/rss.xml")
    ]
    assert titles == ["Kommentare · Blog", "Kommentare zu Hallo · Blog"]
    feed = feedparser.parse((await open_site.get("/comments/atom.xml")).content)
    assert feed.entries[0].title == "Eva zu Hallo"
    await publish(open_site.store, title="\u200b", slug="ohne")
    assert feedparser.parse((await open_site.get("/atom.xml")).content).entries[0].title == "Ohne Titel"


async def test_the_form_and_its_errors_are_in_the_language_of_the_blog(open_site: Site) -> None:
    page = Page(await open_site.get("/hallo"))
    assert page.one("//label[@for='content']") == "Kommentar"
    assert page.one("//form//button") == "Kommentar senden"
    errors = (
        ({"name": "Gus"}, "Schreiben Sie zuerst etwas."),
        ({"name": ANN.name, "content": "x"}, "Ihr Name ähnelt zu sehr dem einer Person"),
        ({"name": "\u202eGus", "content": "x"}, "Ihr Name enthält Zeichen, die in Namen nicht erlaubt sind."),
        (GUS | {"content": "x" * 20_001}, "Geben Sie höchstens 20000 Zeichen ein."),
        (GUS | {"content": "https://a.example " * 3}, "Ein Kommentar darf höchstens 2 Links enthalten."),
        (GUS | {"parent_id": new_id()}, "Der Kommentar, auf den Sie antworten, wird nicht mehr angezeigt."),
    )
    for fields, text in errors:
        page = Page(await open_site.send("/hallo", fields))
        assert text in page.one("//div[@role='alert']")
        assert page.one("//title") == "Fehler: Hallo · Blog"
    sent = await open_site.send("/hallo", GUS)
    own = sent.headers["location"]
    assert Page(await open_site.get(own)).one("//h1") == "Ihr Kommentar ist veröffentlicht"
    other = await open_site.send(own.partition("?")[0] + "?key=wrong", GUS)
    assert Page(other).one("//div[@role='alert']") == "Diesen Kommentar hat jemand anders geschrieben."
    await open_site.change(comment_policy=CommentPolicy.CLOSED)
    page = Page(await open_site.send("/hallo", GUS))
    assert page.one("//div[@role='alert']") == "Zu diesem Beitrag werden keine Kommentare mehr angenommen."
    assert Page(await open_site.get("/hallo")).one("//section/p") == "Kommentare sind geschlossen."


async def test_limits_are_explained_in_the_language_of_the_blog(strict_site: Site) -> None:
    await strict_site.change(language="de")
    await publish(strict_site.store, slug="hallo")
    for number in range(2):
        await strict_site.send("/hallo", GUS | {"content": f"Nummer {number}"})
    answer = await strict_site.send("/hallo", GUS)
    alert = Page(answer).one("//div[@role='alert']")
    assert answer.status_code == 429
    assert alert.startswith("Zu diesem Beitrag sind in dieser Stunde keine weiteren Kommentare")


async def test_error_pages_of_every_kind_have_german_texts(open_site: Site) -> None:
    foreign = await open_site.send("/hallo", GUS, origin="https://evil.example")
    long = await open_site.get("/?" + "x" * 20_000)
    broken = await open_site.client.post("/hallo", content=b"{}")
    method = await open_site.client.request("PUT", "/hallo")
    headings = [Page(each).one("//h1") for each in (foreign, long, broken, method)]
    assert headings == [
        "Nicht erlaubt",
        "Die Adresse ist zu lang",
        "Ungültige Anfrage",
        "Methode nicht erlaubt",
    ]


async def test_the_note_on_a_preview_is_in_the_language_of_the_blog(open_site: Site) -> None:
    draft = a_post(slug="entwurf", author=ANN, status=PostStatus.DRAFT)
    await open_site.store.posts.add(draft)
    actor = Actor(PEOPLE["author"].user, frozenset({Scope.POSTS_WRITE}))
    link = await create_link(open_site.store, actor, await open_site.store.blog.get(), draft.id)
    note = Page(await open_site.get(link.path)).one("//p[@role='note']")
    assert note.startswith("Dies ist eine Vorschau.")
