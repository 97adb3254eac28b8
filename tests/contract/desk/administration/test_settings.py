"""The form of the blog's settings."""

import httpx
import pytest

from everpost.domain.blog import MAX_LINKS, NavigationLink
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.forms import form_of
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PATH = "/desk/settings"
CHANGES = {
    "title": "  Ann's blog ",
    "description": "Two lines,\r\nas browsers send them",
    "language": "pt-br",
    "time_zone": "Europe/Berlin",
    "base_url": "https://BLOG.example/ann",
    "permalink": "/{year}/{slug}",
    "posts_per_page": "25",
    "comment_policy": "members",
    "navigation.0.label": "About",
    "navigation.0.url": "/about",
    "navigation.1.label": "",
    "navigation.1.url": " ",
    "navigation.2.label": "Elsewhere",
    "navigation.2.url": "https://other.example",
}
SAME = {
    "title": "  Ann's blog ",
    "description": "Two lines,\nas browsers send them",
    "language": "pt-br",
    "time_zone": "Europe/Berlin",
    "base_url": "https://BLOG.example/ann",
    "permalink": "/{year}/{slug}",
    "posts_per_page": 25,
    "comment_policy": "members",
    "navigation": [
        {"label": "About", "url": "/about"},
        {"label": "Elsewhere", "url": "https://other.example"},
    ],
}
"""The same changes as a body of `PATCH /settings`."""


async def by_api(desk: DeskSite, body: dict[str, object] | None = None) -> httpx.Response:
    """The response of the API to this change; without one, the settings."""
    headers = PEOPLE["admin"].headers
    if body is None:
        return await desk.client.get("/api/settings", headers=headers)
    return await desk.client.patch("/api/settings", json=body, headers=headers)


async def save(desk: DeskSite, **changes: str) -> httpx.Response:
    """Open the form, change these fields and send it."""
    fields = form_of(await desk.get(PATH), PATH)
    return await desk.send(PATH, fields | {name.replace("__", "."): text for name, text in changes.items()})


async def test_the_form_does_what_the_call_of_the_api_does(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    before = (await by_api(desk)).json()
    answer = await ada.send(PATH, form_of(await ada.get(PATH), PATH) | CHANGES)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    by_form = (await by_api(desk)).json()
    assert (await by_api(desk, before)).json() == before
    assert (await by_api(desk, SAME)).json() == by_form
    assert by_form["navigation"] == SAME["navigation"]
    shown = form_of(await ada.get(PATH), PATH)
    assert (shown["language"], shown["base_url"]) == ("pt-BR", "https://blog.example/ann")
    assert "navigation.2.url" not in shown
    emptied = await save(
        ada, title="", description="", base_url="", navigation__0__label="", navigation__0__url=""
    )
    assert emptied.status_code == 303
    settings = (await by_api(desk)).json()
    assert (settings["title"], settings["description"], settings["base_url"]) == ("", "", None)
    assert settings["navigation"] == SAME["navigation"][1:]  # type: ignore[index]


async def test_saving_without_a_change_changes_nothing(desk: DeskSite) -> None:
    ada, version = await desk.as_("admin"), (await desk.store.blog.get()).version
    assert (await save(ada)).status_code == 303
    assert (await desk.store.blog.get()).version == version


@pytest.mark.parametrize(
    ("name", "typed", "body"),
    [
        ("title", "x" * 256, {"title": "x" * 256}),
        ("language", "Klingon!", {"language": "Klingon!"}),
        ("time_zone", "Europe/Atlantis", {"time_zone": "Europe/Atlantis"}),
        ("base_url", "blog.example", {"base_url": "blog.example"}),
        ("permalink", "/{year}", {"permalink": "/{year}"}),
        ("permalink", "/desk/{slug}", {"permalink": "/desk/{slug}"}),
        ("posts_per_page", "101", {"posts_per_page": 101}),
        ("posts_per_page", "ten", {"posts_per_page": "ten"}),
        ("posts_per_page", "", {"posts_per_page": ""}),
        ("comment_policy", "nonsense", {"comment_policy": "nonsense"}),
        ("navigation.0.url", "//evil.example", {"navigation": [{"label": "x", "url": "//evil.example"}]}),
    ],
    ids=range(11),
)
async def test_a_mistake_is_shown_at_its_field_and_what_was_typed_is_kept(
    desk: DeskSite, name: str, typed: str, body: dict[str, object]
) -> None:
    ada, before = await desk.as_("admin"), await desk.store.blog.get()
    fields = form_of(await ada.get(PATH), PATH)
    sent = fields | {"description": "Typed", "navigation.0.label": "x", "navigation.0.url": "/x", name: typed}
    answer = await ada.send(PATH, sent)
    refused = await by_api(desk, body)
    assert answer.status_code == refused.status_code == 422
    assert [each["field"].split(".")[0] for each in refused.json()["errors"]] == [
        name.split(".", maxsplit=1)[0]
    ]
    page = Page(answer)
    assert page.all("//*[@role='alert']//a/@href") == [f"#{name}"]
    assert page.one(f"//*[@id='{name}']/@aria-invalid") == "true"
    assert page.one(f"//*[@id='{name}-error']") == page.one("//*[@role='alert']//a")
    kept = form_of(answer, PATH)
    assert (kept["description"], kept["navigation.0.label"]) == ("Typed", "x")
    if name != "comment_policy":  # a list holds only what can be chosen
        assert kept[name] == typed
    assert await desk.store.blog.get() == before


async def test_a_link_with_a_mistake_is_named_by_its_row(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    fields = form_of(await ada.get(PATH), PATH)
    rows = {f"navigation.{row}.{part}": "" for row in range(3) for part in ("label", "url")}
    answer = await ada.send(PATH, fields | rows | {"navigation.2.label": "No address"})
    assert Page(answer).all("//*[@role='alert']//a/@href") == ["#navigation.2.url"]


async def test_buttons_add_move_and_remove_links_before_anything_is_saved(desk: DeskSite) -> None:
    await desk.change(navigation=(NavigationLink("A", "/a"), NavigationLink("B", "/b")))
    ada, before = await desk.as_("admin"), await desk.store.blog.get()
    fields = form_of(await ada.get(PATH), PATH)

    async def press(button: str, **typed: str) -> list[str]:
        sent = fields | {name.replace("__", "."): text for name, text in typed.items()} | {"do": button}
        answer = await ada.send(PATH, sent)
        assert answer.status_code == 200
        fields.clear()
        fields.update(form_of(answer, PATH))
        assert len(Page(answer).all("//@autofocus")) == 1
        return [fields[name] for name in fields if name.startswith("navigation.") and name.endswith(".label")]

    assert await press("add") == ["A", "B", ""]
    assert await press("up.2", navigation__2__label="C", navigation__2__url="/c", title="Typed") == [
        "A",
        "C",
        "B",
    ]
    assert await press("up.0") == ["A", "C", "B"]
    assert await press("down.0") == ["C", "A", "B"]
    assert await press("down.2") == ["C", "A", "B"]
    assert await press("remove.1") == ["C", "B"]
    assert await desk.store.blog.get() == before
    assert (await ada.send(PATH, fields)).status_code == 303
    saved = await desk.store.blog.get()
    assert saved.navigation == (NavigationLink("C", "/c"), NavigationLink("B", "/b"))
    assert saved.title == "Typed"


async def test_there_are_at_most_as_many_links_as_the_api_accepts(desk: DeskSite) -> None:
    await desk.change(navigation=tuple(NavigationLink(str(each), "/") for each in range(MAX_LINKS)))
    ada = await desk.as_("admin")
    page = await ada.get(PATH)
    assert Page(page).all("//button[@value='add']") == []
    again = await ada.send(PATH, form_of(page, PATH) | {"do": "add"})
    assert len(Page(again).all("//ol/li")) == MAX_LINKS


async def test_when_two_people_save_both_changes_are_shown_and_neither_is_lost(desk: DeskSite) -> None:
    await desk.change(title="Before", language="en", posts_per_page=10)
    ada = await desk.as_("admin")
    fields = form_of(await ada.get(PATH), PATH)
    await desk.change(title="Theirs", language="de", navigation=(NavigationLink("A", "/a"),))
    theirs = await desk.store.blog.get()

    refused = await ada.send(PATH, fields | {"title": "Mine", "posts_per_page": "20"})
    assert refused.status_code == 412
    assert await desk.store.blog.get() == theirs
    page = Page(refused)
    assert page.one("//*[@id='title-error']") == "Someone else has changed this to: Theirs"
    assert page.all("//*[@role='alert']//a/@href") == ["#title"]
    merged = form_of(refused, PATH)
    assert (merged["title"], merged["posts_per_page"]) == ("Mine", "20")
    assert (merged["language"], merged["navigation.0.url"]) == ("de", "/a")

    assert (await ada.send(PATH, merged)).status_code == 303
    saved = await desk.store.blog.get()
    assert (saved.title, saved.language, saved.posts_per_page) == ("Mine", "de", 20)
    assert saved.navigation == (NavigationLink("A", "/a"),)


@pytest.mark.parametrize("base", ["", "{}", "nonsense"], ids=range(3))
async def test_a_conflict_without_the_settings_before_shows_every_difference(
    desk: DeskSite, base: str
) -> None:
    await desk.change(title="Before", description="Before")
    ada = await desk.as_("admin")
    fields = form_of(await ada.get(PATH), PATH)
    await desk.change(title="Theirs", description="")
    refused = await ada.send(PATH, fields | {"base": base, "title": "Mine"})
    assert refused.status_code == 412
    assert Page(refused).all("//*[@role='alert']//a/@href") == ["#title", "#description"]
    assert Page(refused).one("//*[@id='description-error']") == "Someone else has cleared this."


@pytest.mark.parametrize("revision", ["", "1", "0-0", "*"], ids=range(4))
async def test_a_form_without_a_valid_revision_is_refused(desk: DeskSite, revision: str) -> None:
    ada, before = await desk.as_("admin"), await desk.store.blog.get()
    assert (await save(ada, revision=revision, title="Mine")).status_code == 412
    assert await desk.store.blog.get() == before


async def test_every_known_zone_can_be_kept_and_the_places_can_be_chosen(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    for zone in ("UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "US/Eastern"):
        await desk.change(time_zone=zone)
        page = await ada.get(PATH)
        assert form_of(page, PATH)["time_zone"] == zone
        names = Page(page).all("//select[@name='time_zone']//option/@value")
        assert len(names) == len(set(names))
        assert {"Europe/Berlin", "Asia/Tokyo", "UTC"} <= set(names)
