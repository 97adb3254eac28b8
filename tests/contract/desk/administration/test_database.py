"""The state of the database, and the archive as a download."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from devtools.servers.proxy import Proxy

from everpost import __version__
from everpost.app import create_app
from everpost.domain.records import Batch
from everpost.errors import BrokenFile
from everpost.settings import Settings
from everpost.stores.port import Store
from everpost.transfer.archive.checker import CheckedArchive, check
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import export
from tests.conftest import Engines, offer_key
from tests.contract.desk.administration.downloads import Download
from tests.contract.desk.conftest import DeskSite
from tests.contract.http.conftest import Applications
from tests.contract.http.people import PEOPLE, headers_of
from tests.contract.pages.html import Page
from tests.contract.port.examples import a_post, numbered
from tests.unit.transfer.files import file_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PAGE, EXPORT = "/desk/settings/database", "/desk/settings/database/export"
MANY = 1_100
"""Posts: more than a store reads at once."""
TIMEOUT = 1.0
DOORS = ("desk", "api")


async def fill(store: Store) -> None:
    await store.records.write(Batch(kept=[a_post(id=numbered(number)) for number in range(MANY)]))


def download(ada: DeskSite, door: str = "api") -> Download:
    """The archive, by the button of the desk or by the call of the API."""
    if door == "desk":
        return Download(ada.app, "POST", EXPORT, {"host": "blog.example", **ada.cookies})
    return Download(ada.app, "GET", "/api/archive", PEOPLE["admin"].headers)


async def exported(store: Store, folder: Path) -> bytes:
    """The file that `everpost export` writes."""
    path = folder / "command.jsonl.zst"
    await export(store.records, str(path), lambda *_progress: None, media=store.media_bytes, overwrite=True)
    return path.read_bytes()


def count_in(content: bytes, folder: Path) -> Mapping[str, int]:
    """The number of records of each kind in an archive. Raises BrokenFile."""
    return checked(content, folder).digest.counts


def checked(content: bytes, folder: Path) -> CheckedArchive:
    """A downloaded archive. Raises BrokenFile."""
    path = folder / "download.jsonl.zst"
    path.write_bytes(content)
    with open_archive(str(path)) as archive:
        return check(archive, lambda *_progress: None)


async def test_the_page_shows_what_the_call_of_the_api_returns(desk: DeskSite) -> None:
    await desk.store.records.write(Batch(kept=[a_post(id=numbered(number)) for number in range(3)]))
    ada = await desk.as_("admin")
    described = (await desk.client.get("/api/database", headers=headers_of("admin"))).json()
    assert described["everpost"] == __version__
    assert described["server"].split()[0] in ("SQLite", "PostgreSQL", "MariaDB", "MySQL", "MongoDB")
    assert described["records"] == {**described["records"], "user": 4, "post": 3, "comment": 0}
    page = Page(await ada.get(PAGE))
    shown = dict(zip(page.all("//dt"), page.all("//dd"), strict=True))
    assert shown["Everpost"] == __version__
    assert shown["Database"] == described["server"]
    assert shown["Revision of the schema"] == described["revision"]
    assert (shown["People"], shown["Posts and pages"]) == ("4", "3")


@pytest.mark.parametrize("door", DOORS)
async def test_the_download_is_the_file_of_the_command(desk: DeskSite, door: str, tmp_path: Path) -> None:
    await fill(desk.store)
    ada = await desk.as_("admin")
    if door == "desk":
        await ada.get(PAGE)  # marks the session as used, which the archive contains
    async with download(ada, door) as got:
        await got.read_all()
    assert got.status == 200
    assert got.headers["content-type"] == "application/zstd"
    assert got.headers["content-disposition"].startswith('attachment; filename="everpost-')
    assert "no-store" in got.headers["cache-control"]
    assert got.content == await exported(desk.store, tmp_path)
    assert count_in(got.content, tmp_path)["post"] == MANY


async def test_bytes_of_files_are_in_the_download_unless_they_are_left_out(
    desk: DeskSite, tmp_path: Path
) -> None:
    ada = await desk.as_("admin")
    content = b"A picture " * 200_000
    file = file_of(content)
    await desk.store.media_bytes.put(file.digest, one_part(content), size=file.size)
    await desk.store.records.write(Batch(kept=[file]))
    for path, expected in (("/api/archive", 1), ("/api/archive?media=false", None)):
        async with Download(ada.app, "GET", path, PEOPLE["admin"].headers) as got:
            await got.read_all()
        found = checked(got.content, tmp_path)
        assert found.digest.counts["media"] == 1
        assert expected == (None if found.files is None else found.files.copied)
    async with Download(ada.app, "GET", "/api/archive?media=no", PEOPLE["admin"].headers) as refused:
        await refused.read_all()
    assert refused.status == 422


async def one_part(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_it_is_one_state_and_others_go_on_meanwhile(desk: DeskSite, tmp_path: Path) -> None:
    await fill(desk.store)
    ada = await desk.as_("admin")
    before = await exported(desk.store, tmp_path)
    async with download(ada) as got:
        await got.read()
        body = {"title": "Written during the download", "content": "Text"}
        made = await desk.client.post("/api/posts", json=body, headers=headers_of("author"))
        assert made.status_code == 201
        gone = await desk.client.delete(f"/api/posts/{numbered(MANY - 1)}", headers=headers_of("admin"))
        assert gone.status_code == 204
        assert (await ada.get("/desk/posts")).status_code == 200
        await got.read_all()
    assert count_in(got.content, tmp_path)["post"] == MANY
    assert (await exported(desk.store, tmp_path)) != before


async def test_one_export_runs_at_a_time(desk: DeskSite) -> None:
    await fill(desk.store)
    ada = await desk.as_("admin")
    async with download(ada) as got:
        await got.read()
        for door in DOORS:
            async with download(ada, door) as second:
                await second.read_all()
            assert second.status == 429
            assert int(second.headers["retry-after"]) > 0
        await got.read_all()
    assert got.is_complete
    async with download(ada) as after:
        assert after.status == 200


async def test_a_client_that_leaves_ends_the_export(desk: DeskSite, tmp_path: Path) -> None:
    await fill(desk.store)
    ada = await desk.as_("admin")
    for _ in range(6):  # more than there are connections
        async with download(ada) as got:
            await got.read()
            await got.leave()
        assert not got.is_complete
        with pytest.raises(BrokenFile):
            count_in(got.content, tmp_path)
    async with download(ada) as whole:
        await whole.read_all()
    assert count_in(whole.content, tmp_path)["post"] == MANY


async def test_head_exports_nothing(desk: DeskSite) -> None:
    answer = await desk.client.head("/api/archive", headers=headers_of("admin"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zstd")
    assert (await desk.client.head("/api/archive", headers=headers_of("editor"))).status_code == 403


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server_name" in metafunc.fixturenames:
        offered = metafunc.config.stash[offer_key].names
        names = [name for name in offered if name in ("postgresql", "mysql")]  # MongoDB's are spooled first
        metafunc.parametrize("server_name", names)


async def test_a_slow_download_ends_only_with_its_database(
    engines: Engines, server_name: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as opened:
        blog = await Applications(engines, (), opened).empty_blog(server_name)
        await fill(blog.store)
        proxy = opened.enter_context(Proxy(blog.url))
        app = create_app(Settings(database_url=proxy.url, database_timeout=TIMEOUT))
        await opened.enter_async_context(app.router.lifespan_context(app))
        got = Download(app, "GET", "/api/archive", PEOPLE["admin"].headers)
        await opened.enter_async_context(got)
        await asyncio.sleep(TIMEOUT * 1.1)  # longer than another request may wait for the database
        await got.read()
        proxy.hang_up()
        with pytest.raises(RuntimeError):  # the server drops the connection
            await got.read_all()
        assert not got.is_complete
        with pytest.raises(BrokenFile):
            count_in(got.content, tmp_path)
        proxy.recover()
