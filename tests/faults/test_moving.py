"""A move that is killed at random times and resumed has the same result as an uninterrupted one."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from devtools.servers.databases import Databases, new_name

from everpost.domain.comments import Comment
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import Post
from everpost.domain.records import Record
from everpost.stores import open_store
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import verify
from tests.conftest import TIMEOUT
from tests.contract.port.blog.whole_blogs import a_whole_blog, fill, records_of
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered
from tests.unit.transfer.files import files_of, some_bytes

killed = pytest.mark.parametrize(("posts", "kills"), [(15, 1), pytest.param(100, 5, marks=pytest.mark.long)])
"""The size of the blog, and the number of kills, for each kind of move and each database."""
CONTENTS = {f"picture-{number}.jpg": some_bytes(400_000, seed=number) for number in range(5)}


def a_blog_that_takes_its_time(posts: int) -> list[Record]:
    """A blog with all kinds of content, and a number of additional posts with nineteen comments each. Its
    files are those of which there are bytes.
    """
    records = [record for record in a_whole_blog() if not isinstance(record, MediaFile)]
    records += files_of(CONTENTS)
    for number in range(posts):
        post = replace(a_post(id=numbered(1_000_000 * (number + 1))), comment_count=19)
        records.append(post)
        for place in range(1, 20):
            comment_id = numbered(1_000_000 * (number + 1) + place)
            date = MOMENT + timedelta(seconds=place)
            records.append(replace(a_comment(post.id, id=comment_id), publication_date=date))
    return records


async def content_of(file: MediaFile) -> AsyncIterator[bytes]:
    yield CONTENTS[file.name]


@pytest.fixture
async def source_url(tmp_path: Path, posts: int) -> str:
    """The URL of a blog."""
    url = f"sqlite:///{tmp_path}/source.db"
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    for file in files_of(CONTENTS):
        await store.media_bytes.put(file.digest, content_of(file), size=file.size)
    await fill(store, a_blog_that_takes_its_time(posts))
    await store.close()
    return url


@pytest.fixture
async def archive(source_url: str, tmp_path: Path) -> str:
    """An archive of the same blog."""
    path = str(tmp_path / "blog.jsonl.gz")
    store = await open_store(source_url, timeout=TIMEOUT, pool_size=1)
    await export(store.records, path, lambda *_progress: None, media=store.media_bytes)
    await store.close()
    return path


@pytest.fixture
async def targets(databases: Databases, kills: int) -> AsyncIterator[list[str]]:
    """The URLs of empty databases, more than this number of kills is likely to need."""
    async with AsyncExitStack() as made:
        names = [new_name() for _ in range(5 + 5 * kills)]
        for name in names:
            await databases.create(name)
            made.push_async_callback(databases.drop, name)
        yield [databases.url(name) for name in names]


async def move_and_be_killed(source: str, targets: list[str], kills: int) -> list[str]:
    """Move the blog with processes that are killed. Returns the targets that are complete."""
    moving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.moving", str(kills), source, *targets),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await moving.communicate()
    assert moving.returncode == 0, complaints.decode()
    died, used = map(int, said.split())
    assert died == kills
    return targets[:used]


async def assert_all_there(source_url: str, targets: list[str]) -> None:
    source = await open_store(source_url, timeout=TIMEOUT, pool_size=1)
    for url in targets:
        target = await open_store(url, timeout=TIMEOUT, pool_size=1)
        comparison = await verify(source.records, target.records, lambda *_progress: None)
        assert comparison.is_equal, comparison.examples
        for digest in (file.digest for file in files_of(CONTENTS)):
            parts = [part async for part in target.media_bytes.read(digest)]
            assert sha256(b"".join(parts)).hexdigest() == digest
        await target.close()
    await source.close()


def an_export_of_wordpress(posts: int) -> str:
    """A number of posts with ten comments each."""
    items = "".join(
        f"<item><title>Post {number}</title><wp:post_id>{number}</wp:post_id><wp:status>publish</wp:status>"
        "<wp:post_type>post</wp:post_type><wp:post_date_gmt>2020-01-01 10:00:00</wp:post_date_gmt>"
        f"<dc:creator>ann</dc:creator><content:encoded><![CDATA[Words {number}]]></content:encoded>"
        + "".join(
            f"<wp:comment><wp:comment_id>{number * 100 + place}</wp:comment_id>"
            "<wp:comment_author>Gus</wp:comment_author><wp:comment_approved>1</wp:comment_approved>"
            "<wp:comment_date_gmt>2020-01-02 10:00:00</wp:comment_date_gmt>"
            f"<wp:comment_content>Words {place}</wp:comment_content></wp:comment>"
            for place in range(10)
        )
        + "</item>"
        for number in range(1, posts + 1)
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        "<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://blog.example</wp:base_site_url>"
        "<wp:author><wp:author_id>1</wp:author_id><wp:author_login>ann</wp:author_login>"
        f"<wp:author_email>ann@blog.example</wp:author_email></wp:author>{items}</channel></rss>"
    )


async def posts_and_comments(url: str) -> list[Record]:
    """The records that an import added, except for users, whose dates depend on the time of the import."""
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    records = await records_of(store)
    await store.close()
    return [
        replace(record, author=None) if isinstance(record, Post) else record
        for record in records
        if isinstance(record, Post | Comment)
    ]


@pytest.mark.long_but_on("sqlite", "mongodb")  # writing to the other databases uses the same code as SQLite
@killed
async def test_a_copy_that_is_killed_ends_as_any_other(
    source_url: str, targets: list[str], kills: int
) -> None:
    await assert_all_there(source_url, await move_and_be_killed(source_url, targets, kills))


@pytest.mark.long  # an archive is merged into a blog by the same code as another blog
@killed
async def test_an_import_that_is_killed_ends_as_any_other(
    source_url: str, archive: str, targets: list[str], kills: int
) -> None:
    await assert_all_there(source_url, await move_and_be_killed(archive, targets, kills))


@pytest.mark.long_but_on("sqlite")  # the differences from a copy are independent of the stores
@killed
async def test_an_import_from_elsewhere_that_is_killed_ends_as_any_other(
    targets: list[str], tmp_path: Path, posts: int, kills: int
) -> None:
    export_file = tmp_path / "export.xml"
    export_file.write_text(an_export_of_wordpress(posts))
    arrived = await move_and_be_killed(str(export_file), targets, kills)
    expected = await posts_and_comments(arrived[0])
    assert len(expected) == posts + posts * 10
    for url in arrived[1:]:
        assert await posts_and_comments(url) == expected
