"""Forms of the editor, as a browser fills them in and sends them."""

from dataclasses import replace

import httpx
from lxml import html

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post, PostStatus
from everpost.stores.port import Store
from tests.contract.desk.conftest import DeskSite
from tests.contract.http.people import PEOPLE, Who


async def a_post(store: Store, who: Who = "author", **fields: object) -> Post:
    """A stored draft by this person."""
    moment = now()
    made = Post(
        id=new_id(),
        title="A title",
        content="Some content.",
        publication_date=moment,
        updated_at=moment,
        slug=f"slug-{new_id()}",
        status=PostStatus.DRAFT,
        author=PEOPLE[who].user.author,
    )
    return await store.posts.add(replace(made, **fields))  # type: ignore[arg-type]


def fields_of(answer: httpx.Response) -> dict[str, str]:
    """What a browser would send for the form of the editor, if nobody changed it."""
    page = html.document_fromstring(answer.text)
    (form,) = page.xpath("//form[@id='editor']")
    fields = {}
    for each in form.xpath(".//*[self::input or self::select or self::textarea][@name]"):
        value = each.value or ""
        if each.tag == "textarea":  # the parser keeps the line feed that browsers drop
            value = value.removeprefix("\n").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        elif each.tag == "input":
            value = value.replace("\r", "").replace("\n", "")
        fields[each.name] = value
    return fields


async def open_editor(desk: DeskSite, post_id: Id | None = None) -> dict[str, str]:
    """The fields of the form for a post, or for a new one."""
    answer = await desk.get(f"/desk/posts/{post_id or 'new'}")
    assert answer.status_code == 200
    return fields_of(answer)


async def send(desk: DeskSite, post_id: Id | None, fields: dict[str, str], action: str) -> httpx.Response:
    """Send the form with the button for this action."""
    return await desk.send(f"/desk/posts/{post_id or 'new'}", fields | {"action": action})
