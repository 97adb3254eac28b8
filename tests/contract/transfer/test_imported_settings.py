"""An import fills the settings that still have their defaults, and gives numbers to reserved slugs."""

from dataclasses import replace
from datetime import timedelta

from everpost.domain.blog import BlogChange
from everpost.stores.port import Store
from everpost.transfer.importers.model import Outcome, SourceBlog
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import LATER, read_posts
from tests.contract.transfer.sources import MOMENT, ORIGIN, a_source, run_import

IMPORTED, PRESENT, CHANGED, DROPPED = Outcome.IMPORTED, Outcome.PRESENT, Outcome.CHANGED, Outcome.DROPPED
BLOG = SourceBlog(
    title="Ada's\n blog",
    description="Notes",
    language="de_AT.UTF-8",
    time_zone="Europe/Vienna",
    base_url="https://Ada.Example/blog/",
)
NAMES = ("title", "description", "language", "time_zone", "base_url")


async def values_of(store: Store) -> tuple[object, ...]:
    blog = await store.blog.get()
    return tuple(getattr(blog, name) for name in NAMES)


async def test_an_import_fills_the_settings_of_a_new_blog(store: Store) -> None:
    lines = await run_import(store, BLOG)
    expected = ("Ada's blog", "Notes", "de-AT", "Europe/Vienna", "https://ada.example/blog")
    assert await values_of(store) == expected
    assert sorted(lines) == sorted(
        (IMPORTED, "setting", f"{name} {value!r}") for name, value in zip(NAMES, expected, strict=True)
    )


async def test_a_second_import_leaves_the_settings_alone(store: Store) -> None:
    await run_import(store, BLOG)
    before = await store.blog.get()
    lines = await run_import(store, BLOG)
    assert sorted(lines) == sorted((PRESENT, "setting", name) for name in NAMES)
    assert await run_import(store, replace(BLOG, title="Another", language="fr")) == lines
    assert await store.blog.get() == before


async def test_settings_of_your_own_are_kept(store: Store) -> None:
    await store.blog.save(BlogChange(updated_at=LATER, title="Mine", time_zone="Asia/Tokyo"), match=None)
    await run_import(store, BLOG)
    assert await values_of(store) == ("Mine", "Notes", "de-AT", "Asia/Tokyo", "https://ada.example/blog")


async def test_a_source_with_the_defaults_changes_nothing(store: Store) -> None:
    before = await store.blog.get()
    for source in (SourceBlog(), SourceBlog(title=" ", language="en", time_zone="UTC", base_url="")):
        await run_import(store, source)
        assert await store.blog.get() == before


async def test_settings_that_everpost_cannot_keep_are_reported(store: Store) -> None:
    before = await store.blog.get()
    source = SourceBlog(language="in German", time_zone="Austria", base_url="http://localhost/")
    with ImportReport() as report:
        await import_items(store, iter([source]), ImportContext(report=report), origin=ORIGIN)
        notes = [(note.outcome, note.name, bool(note.reason)) for note in report.notes()]
    assert notes == [
        (DROPPED, "language 'in German'", True),
        (DROPPED, "time_zone 'Austria'", True),
        (DROPPED, "base_url 'http://localhost/'", True),
    ]
    assert await store.blog.get() == before


async def test_long_texts_are_cut(store: Store) -> None:
    lines = await run_import(store, SourceBlog(title="t" * 300, description="d\0" * 600))
    assert [outcome for outcome, *_ in lines] == [CHANGED, CHANGED]
    assert (await values_of(store))[:2] == ("t" * 255, "d" * 500)


async def test_a_dry_run_reports_the_same_and_leaves_the_settings_alone(store: Store) -> None:
    before = await store.blog.get()
    rehearsed = await run_import(store, BLOG, dry_run=True)
    assert await store.blog.get() == before
    assert await run_import(store, BLOG) == rehearsed


async def test_a_reserved_slug_gets_a_number_and_the_report_says_why(store: Store) -> None:
    sources = [
        replace(a_source("1"), slug="archive"),
        replace(a_source("2"), slug="Archive"),
        replace(a_source("3"), slug="archive-2"),
    ]
    with ImportReport() as report:
        await import_items(store, iter(sources), ImportContext(report=report), origin=ORIGIN)
        reasons = [note.reason for note in report.notes(CHANGED)]
    assert sorted(post.slug for post in await read_posts(store)) == ["archive-2", "archive-3", "archive-4"]
    assert sum("is reserved and became" in reason for reason in reasons) == 2


async def test_a_reserved_slug_is_found_again_with_another_date(store: Store) -> None:
    source = replace(a_source("1"), slug="archive")
    await run_import(store, source)
    moved = replace(source, publication_date=MOMENT + timedelta(days=1))
    assert [line[0] for line in await run_import(store, moved)] == [PRESENT]
    assert [post.slug for post in await read_posts(store)] == ["archive-2"]
