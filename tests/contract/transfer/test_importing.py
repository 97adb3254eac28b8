"""Items of other systems are added to an existing blog."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from everpost.domain.comments import CommentPolicy, CommentStatus
from everpost.domain.people.users import Author, Role, UserQuery
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.errors import BrokenFile, UnreadableSource
from everpost.stores.port import Store
from everpost.transfer.importers.model import Item, Note, Outcome, SourceAuthor, SourceThread, UnreadablePart
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import EVERYBODY, publish, read_post, read_posts, register
from tests.contract.transfer.sources import (
    ADA,
    MOMENT,
    ORIGIN,
    a_source,
    all_of,
    comment_id,
    run_import,
    source_comment,
)

DRAFT, PUBLISHED = PostStatus.DRAFT, PostStatus.PUBLISHED
IMPORTED, PRESENT, CHANGED, DROPPED = Outcome.IMPORTED, Outcome.PRESENT, Outcome.CHANGED, Outcome.DROPPED
PENDING, APPROVED, REMOVED = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.REMOVED

ITEMS: Sequence[Item] = (
    ADA,
    SourceAuthor(source_id="eve", name="Eve"),
    Note(outcome=DROPPED, kind="page", name="9"),
    replace(
        a_source("1", source_comment("1"), source_comment("2", "1", PENDING), source_comment("3", "2")),
        author_id="ada",
    ),
    replace(a_source("2", replace(source_comment("4"), content="")), slug="slug-1", author_id="eve"),
    replace(a_source("3", source_comment("1"), source_comment("5", "1")), title=""),
    a_source("1"),
)


def bad(name: str) -> UnreadablePart:
    return UnreadablePart(kind="file", name=name, reason="line 1: not YAML")


async def test_a_post_is_imported_with_all_its_fields(store: Store) -> None:
    source = replace(
        a_source("1"),
        status=PostStatus.DRAFT,
        updated_at=datetime(2025, 1, 1, tzinfo=UTC),
        tags=("One", "Two"),
        author_id="ada",
        comment_policy=CommentPolicy.CLOSED,
    )
    lines = await run_import(store, ADA, source)
    assert lines == [(IMPORTED, "author", "ada 'Ada'"), (IMPORTED, "post", "1 'Post 1'")]
    user = await store.users.find("ada@example.org")
    assert user is not None
    assert (user.name, user.role, user.password_hash) == ("Ada", Role.AUTHOR, None)
    post_id = ORIGIN.stable_id("post", "1", MOMENT)
    assert await read_post(store, post_id) == Post(
        id=post_id,
        title="Post 1",
        content="<p>Words</p>",
        format=PostFormat.HTML,
        publication_date=MOMENT,
        updated_at=datetime(2025, 1, 1, tzinfo=UTC),
        slug="slug-1",
        tags=("One", "Two"),
        status=PostStatus.DRAFT,
        author=Author(id=user.id, name="Ada"),
        comment_policy=CommentPolicy.CLOSED,
    )


async def test_a_thread_is_imported_unchanged(store: Store) -> None:
    comments = [
        source_comment("3", "2"),
        source_comment("2", "1", PENDING),
        replace(source_comment("1"), author_id="ada"),
        source_comment("4", "1", REMOVED),
    ]
    await run_import(store, ADA, a_source("1", *comments))
    (post,), (thread,) = await all_of(store)
    assert (post.version, post.comment_count) == (1, 2)
    shape = {comment.id: (comment.parent_id, comment.depth, comment.reply_count) for comment in thread}
    assert shape == {
        comment_id("1"): (None, 0, 1),
        comment_id("2"): (comment_id("1"), 1, 1),
        comment_id("3"): (comment_id("2"), 2, 0),
    }
    first = await store.comments.get(post.id, comment_id("1"))
    assert first.author is not None
    assert (first.author.name, first.guest_name, first.version) == ("Ada", None, 1)
    hidden = await store.comments.get(post.id, comment_id("4"))
    assert (hidden.status, hidden.content, hidden.guest_name) == (REMOVED, "Words 4", "Bob")


async def test_a_second_import_changes_nothing(store: Store) -> None:
    first = await run_import(store, *ITEMS)
    before = await all_of(store)
    second = await run_import(store, *ITEMS)
    assert await all_of(store) == before
    assert {line for line in second if line[0] is not PRESENT} == {
        line for line in first if line[0] is DROPPED
    }
    assert sorted(line[1:] for line in second) == sorted(line[1:] for line in first)


async def test_a_dry_run_reports_the_same_and_writes_nothing(store: Store) -> None:
    rehearsed = await run_import(store, *ITEMS, dry_run=True)
    assert await all_of(store) == ([], [])
    assert (await store.users.page(UserQuery(limit=1))).rows == ()
    assert await run_import(store, *ITEMS) == rehearsed
    assert await run_import(store, *ITEMS, dry_run=True) == await run_import(store, *ITEMS)


async def test_an_author_is_the_user_with_the_same_email_address(store: Store) -> None:
    user = await register(store, email="ADA@example.org", name="Ada L.", role=Role.ADMIN)
    lines = await run_import(store, ADA, replace(a_source("1"), author_id="ada"))
    assert lines[0][0] is PRESENT
    (post,) = await read_posts(store)
    assert post.author == user.author
    assert await store.users.get(user.id) == user


async def test_an_author_without_an_email_address_gets_a_placeholder(store: Store) -> None:
    twin = replace(ADA, source_id="ada2")
    lines = await run_import(
        store, replace(ADA, email="not one"), SourceAuthor(source_id="eve", name=" "), twin, ADA
    )
    assert [line[0] for line in lines] == [CHANGED, CHANGED, IMPORTED]
    users = (await store.users.page(UserQuery(limit=9))).rows
    assert sorted(user.email.rpartition("@")[2] for user in users) == [
        "example.org",
        "wordpress.invalid",
        "wordpress.invalid",
    ]
    assert sorted(user.name for user in users) == ["Ada", "Ada", "eve"]


async def test_taken_slugs_are_numbered(store: Store) -> None:
    await publish(store, slug="slug-1")
    sources = [replace(a_source(str(number)), slug="slug-1") for number in range(1, 30)]
    rehearsed = await run_import(store, *sources, dry_run=True)
    assert await run_import(store, *sources) == rehearsed
    assert {line[0] for line in rehearsed} == {CHANGED}
    slugs = {post.slug for post in await read_posts(store)}
    assert slugs == {"slug-1"} | {f"slug-1-{number}" for number in range(2, 31)}


@pytest.mark.parametrize(
    ("sources", "slugs"),
    [
        pytest.param([(None, DRAFT), ("my-post", PUBLISHED)], ["my-post-2", "my-post"], id="a generated one"),
        pytest.param([(None, PUBLISHED), ("my-post", DRAFT)], ["my-post-2", "my-post"], id="a named draft"),
        pytest.param([("my-post", DRAFT), ("my-post", PUBLISHED)], ["my-post-2", "my-post"], id="a draft"),
        pytest.param([("my-post", PUBLISHED), ("my-post", PUBLISHED)], ["my-post", "my-post-2"], id="two"),
        pytest.param([("My Post", DRAFT), ("my-post", PUBLISHED)], ["my-post-2", "my-post"], id="spellings"),
        pytest.param(
            [(None, DRAFT), (None, DRAFT), ("my-post-2", PUBLISHED), ("my-post", PUBLISHED)],
            ["my-post-3", "my-post-4", "my-post-2", "my-post"],
            id="a numbered one",
        ),
        pytest.param([("///", DRAFT), ("my-post", DRAFT)], ["my-post-2", "my-post"], id="no slug at all"),
    ],
)
async def test_posts_get_the_slugs_that_they_have_in_the_source(
    store: Store, sources: Sequence[tuple[str | None, PostStatus]], slugs: Sequence[str]
) -> None:
    items = [
        replace(a_source(str(number)), title="My post", slug=slug, status=status)
        for number, (slug, status) in enumerate(sources)
    ]
    rehearsed = await run_import(store, *items, dry_run=True)
    assert await run_import(store, *items) == rehearsed
    post_ids = [ORIGIN.stable_id("post", item.source_id, item.publication_date) for item in items]
    assert [(await store.posts.get(each, comments=0)).slug for each in post_ids] == slugs
    assert {outcome for outcome, _, _ in await run_import(store, *items)} == {PRESENT}


async def test_the_first_post_keeps_an_old_path_that_several_have(store: Store) -> None:
    await publish(store, paths=("/taken",))
    urls = {
        "1": ("https://blog.example/2019/05/hello/?p=1#top", "/taken", "old"),
        "2": ("/2019/05/hello", "/caf%C3%A9", "/own"),
        "3": ("/caf%C3%A9/", "/?p=3", "/slug-3"),
    }
    items = [replace(a_source(number), paths=paths) for number, paths in urls.items()]
    rehearsed = await run_import(store, *items, dry_run=True)
    assert await run_import(store, *items) == rehearsed
    assert [outcome for outcome, _, _ in rehearsed] == [CHANGED, CHANGED, CHANGED]
    post_ids = [ORIGIN.stable_id("post", item.source_id, item.publication_date) for item in items]
    assert [(await store.posts.get(each, comments=0)).paths for each in post_ids] == [
        ("/2019/05/hello", "/old"),
        ("/caf\u00e9", "/own"),
        ("/?p=3",),
    ]
    assert {outcome for outcome, _, _ in await run_import(store, *items)} == {PRESENT}


async def test_kinds_and_summaries_are_imported(store: Store) -> None:
    source = replace(a_source(), kind=PostKind.PAGE, summary="\x00" + "x" * 501, paths=("/a", "/a"))
    assert [outcome for outcome, _, _ in await run_import(store, source)] == [CHANGED]
    (post,) = await read_posts(store, replace(EVERYBODY, kind=PostKind.PAGE))
    assert (post.kind, post.summary, post.paths) == (PostKind.PAGE, "x" * 500, ("/a",))


async def test_a_broken_source_leaves_the_blog_unchanged(store: Store) -> None:
    def items() -> Iterator[Item]:
        yield from ITEMS
        raise BrokenFile("export.xml", "line 7", "it ends")

    with ImportReport() as report, pytest.raises(BrokenFile):
        await import_items(store, items(), ImportContext(report=report), origin=ORIGIN)
    assert await all_of(store) == ([], [])
    assert (await store.users.page(UserQuery(limit=1))).rows == ()


@pytest.mark.parametrize("dry_run", [False, True])
async def test_every_unreadable_item_is_reported_before_an_import_fails(
    store: Store, *, dry_run: bool
) -> None:
    items: Sequence[Item] = (bad("a.md"), ADA, a_source("1"), bad("b.md"), a_source("2"), bad("c.md"))
    with ImportReport() as report:
        run = ImportContext(report=report, dry_run=dry_run)
        with pytest.raises(UnreadableSource, match=r"^3 items .*--skip-unreadable"):
            await import_items(store, iter(items), run, origin=ORIGIN)
        assert [(note.outcome, note.name) for note in report.notes()] == [
            (Outcome.UNREADABLE, name) for name in ("a.md", "b.md", "c.md")
        ]
    assert await all_of(store) == ([], [])


async def test_unreadable_items_are_skipped_on_request(store: Store) -> None:
    items: Sequence[Item] = (bad("a.md"), ADA, a_source("1"), bad("b.md"))
    rehearsed = await run_import(store, *items, dry_run=True, skip_unreadable=True)
    assert rehearsed == await run_import(store, *items, skip_unreadable=True)
    assert rehearsed == [
        (Outcome.UNREADABLE, "file", "a.md"),
        (IMPORTED, "author", "ada 'Ada'"),
        (IMPORTED, "post", "1 'Post 1'"),
        (Outcome.UNREADABLE, "file", "b.md"),
    ]
    assert [post.title for post in await read_posts(store)] == ["Post 1"]


async def test_unreadable_items_are_reported_if_the_file_is_broken_later(store: Store) -> None:
    def items() -> Iterator[Item]:
        yield bad("record 1")
        raise BrokenFile("export.xml", "line 7", "it ends")

    with ImportReport() as report:
        with pytest.raises(BrokenFile):
            await import_items(store, items(), ImportContext(report=report), origin=ORIGIN)
        assert [note.name for note in report.notes()] == ["record 1"]


async def test_progress_is_reported(store: Store) -> None:
    progress: list[tuple[int, int]] = []
    items: Sequence[Item] = (ADA, a_source("1"), a_source("2"), SourceThread(url="/", title="none"))
    with ImportReport() as report:
        run = ImportContext(report=report, progress=lambda done, total: progress.append((done, total)))
        await import_items(store, iter(items), run, origin=ORIGIN)
    assert progress == [(1, 3), (2, 3), (3, 3)]
