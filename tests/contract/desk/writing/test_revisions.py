"""The revisions of a post at the desk: a list, what differs word by word, and restoring."""

from lxml import html

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostChange, PostStatus
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

LONG = "".join(f"Line {number}\n" for number in range(40))


async def changed(store: Store, post: Post, **fields: object) -> Post:
    """The post after a change by the editor, which begins a revision."""
    change = PostChange(updated_at=now(), editor_id=PEOPLE["editor"].user.id, begins_revision=True, **fields)  # type: ignore[arg-type]
    return await store.posts.save(post.id, change, match=None, comments=0)


def path_of(post_id: Id, more: str = "") -> str:
    return f"/desk/posts/{post_id}/revisions{more}"


def pieces(answer: str, tag: str) -> list[str]:
    return [text.strip() for text in html.document_fromstring(answer).xpath(f"//pre//{tag}/text()")]


async def test_the_list_of_revisions(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, title="First")
    await changed(desk.store, post, title="Second", status=PostStatus.PUBLISHED)
    editor = Page(await ann.get(f"/desk/posts/{post.id}"))
    page = Page(await ann.get(editor.one("//a[.='Revisions']/@href")))
    links = [path_of(post.id, "/2"), path_of(post.id, "/1")]
    assert page.all("//ul[contains(@class, 'list')]//a/@href") == links
    assert page.all("//ul[contains(@class, 'list')]//bdi") == ["Second", "Edda Editor", "First"]
    assert page.all("//ul[contains(@class, 'list')]//*[@class='mark']") == ["Current", "Published"]


async def test_older_revisions_are_on_the_next_page(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    for number in range(52):
        await changed(desk.store, post, title=f"Title {number}")
    first = Page(await ann.get(path_of(post.id)))
    second = Page(await ann.get(first.one("//a[@rel='next']/@href")))
    links = "//ul[contains(@class, 'list')]//a/@href"
    assert first.all(links) + second.all(links) == [path_of(post.id, f"/{n}") for n in range(53, 0, -1)]
    assert (len(first.all(links)), second.all("//*[@class='mark']")) == (50, [])


async def test_a_revision_is_compared_with_the_current_text_or_the_one_before(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, title="A title", content=f"One old word.\n{LONG}The end.")
    await changed(desk.store, post, content=f"One new word.\n{LONG}The end.")
    await changed(desk.store, post, content=f"One new word.\n{LONG}The very end.", summary="Short <b>.")
    answer = (await ann.get(path_of(post.id, "/1"))).text
    assert pieces(answer, "del") == ["old"]
    assert pieces(answer, "ins") == ["new", "very", "Short <b>."]
    assert "Line 1\n" in answer
    assert "Line 20\n" not in answer
    answer = (await ann.get(path_of(post.id, "/2?compared=before"))).text
    assert (pieces(answer, "del"), pieces(answer, "ins")) == (["old"], ["new"])
    answer = (await ann.get(path_of(post.id, "/3"))).text  # the current one
    assert (pieces(answer, "del"), pieces(answer, "ins")) == ([], ["very", "Short <b>."])
    assert not html.document_fromstring(answer).xpath("//main//form")
    first = (await ann.get(path_of(post.id, "/1?compared=before"))).text
    assert "One old word." in first
    assert (pieces(first, "del"), pieces(first, "ins")) == ([], [])
    assert (await ann.get(path_of(post.id, "/1?compared=x"))).status_code == 404
    assert (await ann.get(path_of(post.id, "/4"))).status_code == 404


async def test_equal_texts_do_not_differ(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    await changed(desk.store, post, title="Another title")
    await changed(desk.store, post, title=post.title)
    assert "Both texts are the same." in (await ann.get(path_of(post.id, "/1"))).text


async def test_a_restored_revision_is_that_of_the_call(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, title="First", tags=("a",), summary="Short.")
    await changed(desk.store, post, title="Second", tags=(), summary="", content="Other.")
    page = Page(await ann.get(path_of(post.id, "/1")))
    action, revision = page.one("//main//form/@action"), page.one("//input[@name='revision']/@value")
    answer = await ann.send(action, {"revision": revision})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/posts/{post.id}")
    found = await desk.store.posts.get(post.id, comments=0)
    assert (found.title, found.tags, found.summary, found.content) == (
        "First",
        ("a",),
        "Short.",
        post.content,
    )
    past = await desk.store.revisions.page(post.id, limit=10)
    assert [(each.number, each.title) for each in past.rows] == [(2, "Second"), (1, "First")]
    assert "revision-restored" in answer.headers["set-cookie"]
    again = await ann.send(action, {"revision": revision})
    assert again.status_code == 412
    assert "Someone else has changed this" in again.text
    assert await desk.store.posts.get(post.id, comments=0) == found
