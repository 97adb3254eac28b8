"""The editor: what it stores, whatever is typed into it, is what the API would store."""

from datetime import UTC, datetime, timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.web.desk.writing.fields.local_times import is_undecided
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.writing.forms import a_post, fields_of, open_editor, send
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

TEXTS = (
    *("a\nb", "a\r\nb\r\n", "a\rb", "a\r\nb\nc\rd\n\r", "\n\nleading", "\r\nleading", "trailing  \n \t\n"),
    *("\ufeffbom", "\u2028\u2029\x0b\x0c\x85\x01", "e\u0301 \u200d\u202e \ufdfd \U0001f680"),
    *("</textarea><b>&amp;", "", " ", "&#13;&#10;", "\u00a0a\u00a0", "\r", "\n", "a\n" * 3000),
)


async def stored(desk: DeskSite, post_id: Id) -> Post:
    return await desk.store.posts.get(post_id, comments=0)


def id_in(location: str) -> Id:
    return Id(location.rpartition("/")[2])


async def test_write_publish_and_read(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    answer = await ann.get("/desk/posts/new")
    assert Page(answer).one("//title") == "Write · Blog"
    fields = fields_of(answer) | {"title": "Hello", "content": "*One*\r\n\r\ntwo", "tags": "a, b"}
    saved = await send(ann, None, fields, "save")
    assert saved.status_code == 303
    post = await stored(desk, id_in(saved.headers["location"]))
    assert (post.title, post.content, post.tags, post.slug) == ("Hello", "*One*\n\ntwo", ("a", "b"), "hello")
    assert (post.status, post.author) == (PostStatus.DRAFT, PEOPLE["author"].user.author)
    assert (await desk.get("/hello")).status_code == 404

    published = await send(ann, post.id, await open_editor(ann, post.id), "publish")
    assert published.headers["location"] == f"/desk/posts/{post.id}"
    after = await stored(desk, post.id)
    assert after.status is PostStatus.PUBLISHED
    assert post.publication_date < after.publication_date <= now()
    assert Page(await desk.get("/hello")).one("//div[@class='prose']//em") == "One"


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_text_in_is_text_out_byte_for_byte(desk: DeskSite, text: str) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, content=text, summary=text[:500].strip() or None)
    fields = await open_editor(ann, post.id)
    assert (await send(ann, post.id, fields, "save")).status_code == 303
    assert await stored(desk, post.id) == post
    assert (await send(ann, post.id, fields | {"title": "Another"}, "save")).status_code == 303
    assert (await stored(desk, post.id)).content == text


async def test_an_edited_text_keeps_the_line_endings_of_the_other_lines(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, content="a\r\nb\nc\rd\r\ne")
    fields = await open_editor(ann, post.id)
    await send(ann, post.id, fields | {"content": "a\r\nnew\r\nb\r\nc\r\nD\r\ne"}, "save")
    assert (await stored(desk, post.id)).content == "a\r\nnew\r\nb\nc\rD\r\ne"
    crlf = await a_post(desk.store, content="a\r\nb")
    fields = await open_editor(ann, crlf.id)
    await send(ann, crlf.id, fields | {"content": "a\r\nx\r\nb"}, "save")
    assert (await stored(desk, crlf.id)).content == "a\r\nx\r\nb"


async def test_every_field_reaches_the_post_as_by_the_api(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    typed = {
        "title": "  Ünï ", "content": "text", "summary": "Short", "tags": 'a, "b, c" ,, d',
        "slug": "My Slug", "publication_date": "2020-02-03T04:05", "kind": "page", "format": "html",
        "comment_policy": "closed", "author_id": PEOPLE["author"].user.id,
        "paths": "/old/one\r\n\r\n/old/two",
    }  # fmt: skip
    saved = await send(ada, None, await open_editor(ada) | typed, "publish")
    by_form = await stored(desk, id_in(saved.headers["location"]))
    body = {
        **{name: typed[name] for name in ("title", "content", "summary", "kind", "format", "comment_policy")},
        "author_id": typed["author_id"], "slug": "another", "tags": ["a", "b, c", "d"],
        "paths": ["/old/three", "/old/four"], "publication_date": "2020-02-03T04:05:00Z",
    }  # fmt: skip
    made = await desk.client.post("/api/posts", json=body, headers=PEOPLE["admin"].headers)
    by_api = await stored(desk, made.json()["id"])
    own = {"id", "slug", "paths", "updated_at"}
    for name in set(Post.__dataclass_fields__) - own - {"stamp", "names_stamp"}:
        assert getattr(by_form, name) == getattr(by_api, name), name
    assert (by_form.slug, by_form.paths) == ("my-slug", ("/old/one", "/old/two"))
    assert (by_form.kind, by_form.format) == (PostKind.PAGE, PostFormat.HTML)
    again = await open_editor(ada, by_form.id)
    assert {name: again[name] for name in typed} == typed | {
        "tags": 'a,"b, c",d', "slug": "my-slug", "paths": "/old/one\r\n/old/two"
    }  # fmt: skip
    cleared = again | {"summary": "", "tags": "", "slug": "", "comment_policy": "", "paths": ""}
    await send(ada, by_form.id, cleared, "publish")
    after = await stored(desk, by_form.id)
    assert (after.summary, after.tags, after.slug, after.comment_policy) == (None, (), "uni", None)
    assert after.paths == ("/my-slug",)


async def test_only_what_was_changed_is_written(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    moment = datetime(2020, 1, 1, 10, 30, 12, 345000, UTC)
    post = await a_post(
        desk.store, title="A\nB", tags=("x,y", 'q"'), publication_date=moment, status=PostStatus.PUBLISHED
    )
    await send(ann, post.id, await open_editor(ann, post.id), "publish")
    assert await stored(desk, post.id) == post


async def test_an_untitled_draft_can_be_saved_and_published(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    saved = await send(ann, None, await open_editor(ann) | {"content": "x"}, "save")
    post_id = id_in(saved.headers["location"])
    fields = await open_editor(ann, post_id)
    assert fields["title"] == ""
    await send(ann, post_id, fields, "publish")
    assert (await stored(desk, post_id)).status is PostStatus.PUBLISHED
    other = id_in((await send(ann, None, await open_editor(ann), "save")).headers["location"])
    await send(ann, other, await open_editor(ann, other) | {"title": "Named now"}, "save")
    assert (await stored(desk, other)).slug == "named-now"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-15T12:00", "2026-01-15T11:00"),
        ("2026-07-15T12:00", "2026-07-15T10:00"),
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: half past three
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first time
        ("2026-10-25T03:00", "2026-10-25T02:00"),
        ("0001-01-01T12:00", "0001-01-01T11:06"),
    ],
)
async def test_dates_are_in_the_time_zone_of_the_blog(desk: DeskSite, local: str, utc: str) -> None:
    await desk.change(time_zone="Europe/Berlin")
    ann = await desk.as_("author")
    saved = await send(ann, None, await open_editor(ann) | {"publication_date": local}, "save")
    post = await stored(desk, id_in(saved.headers["location"]))
    assert post.publication_date.replace(second=0) == datetime.fromisoformat(f"{utc}Z")
    skipped = {"2026-03-29T02:30": "2026-03-29T03:30"}
    assert (await open_editor(ann, post.id))["publication_date"] == skipped.get(local, local)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 02:30 of that day
    twice = await a_post(desk.store, publication_date=second)
    await send(ann, twice.id, await open_editor(ann, twice.id) | {"title": "T"}, "save")
    assert (await stored(desk, twice.id)).publication_date == second


async def test_a_post_is_scheduled_and_taken_back(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    later = (now() + timedelta(days=3)).replace(second=0, microsecond=0)
    for wrong in ("", "2020-01-01T00:00"):
        fields = await open_editor(ann) | {"publication_date": wrong, "content": "kept"}
        refused = await send(ann, None, fields, "schedule")
        assert refused.status_code == 422
        assert Page(refused).one("//p[@id='publication_date-error']") == "Choose a time in the future."
        assert fields_of(refused)["content"] == "kept"
    fields = await open_editor(ann) | {"publication_date": later.isoformat()[:16], "title": "Later"}
    post_id = id_in((await send(ann, None, fields, "schedule")).headers["location"])
    post = await stored(desk, post_id)
    assert (post.status, post.publication_date) == (PostStatus.PUBLISHED, later)
    assert (await desk.get("/later")).status_code == 404
    await send(ann, post_id, await open_editor(ann, post_id), "unpublish")
    assert (await stored(desk, post_id)).status is PostStatus.DRAFT


async def test_a_date_that_nobody_chose_becomes_that_of_the_publication(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post_id = id_in((await send(ann, None, await open_editor(ann), "save")).headers["location"])
    draft = await stored(desk, post_id)
    assert is_undecided(draft.publication_date)
    fields = await open_editor(ann, post_id)
    assert fields["publication_date"] == ""
    await send(ann, post_id, fields | {"publication_date": "2020-01-01T00:00"}, "save")
    assert (await open_editor(ann, post_id))["publication_date"] == "2020-01-01T00:00"
    await send(ann, post_id, await open_editor(ann, post_id), "publish")
    assert (await stored(desk, post_id)).publication_date == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("title", "x" * 256, "Enter at most 255 characters."),
        ("content", "\x00", "This contains a character that cannot be stored."),
        ("tags", "a" * 51, "Enter at most 50 characters."),
        ("publication_date", "tomorrow", "Enter a date and a time."),
        ("publication_date", "9999-12-31T23:59:59.999999+02:00", "Enter a date and a time."),
        ("slug", "!!!", "Should contain a letter or a digit."),
        ("paths", "no-slash", "'no-slash' should begin with /."),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(
    desk: DeskSite, field: str, text: str, message: str
) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store)
    for post_id in (None, post.id):
        fields = await open_editor(ann, post_id) | {"summary": "also kept", field: text}
        refused = await send(ann, post_id, fields, "save")
        assert refused.status_code == 422
        assert Page(refused).one(f"//p[@id='{field}-error']") == message
        again = fields_of(refused)
        assert (again["summary"], again["id"]) == ("also kept", fields["id"])
        assert "\x00" in text or again[field] == text
    assert await stored(desk, post.id) == post


async def test_a_taken_slug_is_a_message_at_its_field(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    await a_post(desk.store, slug="taken")
    refused = await send(ann, None, await open_editor(ann) | {"slug": "taken"}, "save")
    assert refused.status_code == 409
    assert (
        Page(refused).one("//p[@id='slug-error']")
        == "Another post, which may be in the trash, already has this slug."
    )


async def test_sending_a_new_post_twice_creates_it_once(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    fields = await open_editor(ann) | {"title": "Once"}
    first = await send(ann, None, fields, "publish")
    again = await send(ann, None, fields, "publish")
    assert again.headers["location"] == first.headers["location"]
    changed = await send(ann, None, fields | {"content": "changed since"}, "publish")
    assert changed.status_code == 412
    assert fields_of(changed)["content"] == "changed since"
    assert (await send(ann, Id(fields["id"]), fields_of(changed), "publish")).status_code == 303
    assert (await stored(desk, Id(fields["id"]))).content == "changed since"


async def test_a_refused_form_shows_no_earlier_notice(desk: DeskSite) -> None:
    ann, done = await desk.as_("author"), "The post has been published."
    post = await a_post(desk.store, status=PostStatus.DRAFT)
    path, fields = f"/desk/posts/{post.id}", await open_editor(ann, post.id)
    left = (await send(ann, post.id, fields, "publish")).headers["set-cookie"].partition(";")[0]
    cookie = f"{ann.cookies['cookie']}; {left}"
    assert done in (await ann.get(path, cookie=cookie)).text
    refused = await ann.send(path, fields | {"title": "Stale", "action": "publish"}, cookie=cookie)
    assert (refused.status_code, done in refused.text) == (412, False)
    assert done not in (await ann.get(f"{path}/delete", cookie=cookie)).text


async def test_deleting_asks_first(desk: DeskSite) -> None:
    ann = await desk.as_("author")
    post = await a_post(desk.store, title="Doomed <b>")
    page = Page(await ann.get(f"/desk/posts/{post.id}/delete"))
    assert "Move “Doomed <b>” to the trash?" in page.one("//main//form")
    revision = page.one("//input[@name='revision']/@value")
    await send(ann, post.id, await open_editor(ann, post.id) | {"title": "Changed"}, "save")
    stale = await ann.send(f"/desk/posts/{post.id}/delete", {"revision": revision})
    assert stale.status_code == 412
    revision = Page(stale).one("//input[@name='revision']/@value")
    answer = await ann.send(f"/desk/posts/{post.id}/delete", {"revision": revision})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts")
    assert (await desk.store.posts.get(post.id, comments=0)).status is PostStatus.TRASHED


@pytest.mark.parametrize("path", ["", "/delete"])
async def test_posts_that_do_not_exist_or_are_hidden_are_not_found(desk: DeskSite, path: str) -> None:
    ann = await desk.as_("author")
    other = await a_post(desk.store, "other author")
    for post_id in (new_id(), other.id, "nonsense"):
        assert (await ann.get(f"/desk/posts/{post_id}{path}")).status_code == 404


async def test_a_form_for_a_post_that_is_gone_keeps_what_was_typed(desk: DeskSite) -> None:
    """It was deleted, it belongs to someone else, or its id is now that of a post that nobody may see."""
    ann = await desk.as_("author")
    deleted, given_away = await a_post(desk.store), await a_post(desk.store, status=PostStatus.PUBLISHED)
    forms = {each.id: await open_editor(ann, each.id) for each in (deleted, given_away)}
    new = await open_editor(ann)
    await desk.store.posts.remove(deleted.id, match=None)
    editor = await desk.as_("editor")
    given = await open_editor(editor, given_away.id) | {"author_id": PEOPLE["editor"].user.id}
    assert (await send(editor, given_away.id, given, "save")).status_code == 303
    await a_post(desk.store, "editor", id=Id(new["id"]), content="Secret")
    for post_id, fields, status in (
        (deleted.id, forms[deleted.id], 404),
        (given_away.id, forms[given_away.id], 403),
        (None, new, 404),
    ):
        refused = await send(ann, post_id, fields | {"title": "Mine", "content": "Much work"}, "save")
        assert refused.status_code == status
        assert "Secret" not in refused.text
        again = fields_of(refused)
        assert (again["title"], again["content"], again["revision"]) == ("Mine", "Much work", "")
        saved = await send(ann, None, again | {"slug": ""}, "save")
        added = await stored(desk, id_in(saved.headers["location"]))
        assert (added.id == post_id) == (post_id == deleted.id)
        assert added.id != new["id"]
        assert (added.content, added.author) == ("Much work", PEOPLE["author"].user.author)
