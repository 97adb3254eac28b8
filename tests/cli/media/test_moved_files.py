"""`everpost copy`, `verify`, `export` and `import` with files, on SQLite."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from everpost.domain.records import Batch
from everpost.stores import open_store
from tests.cli.conftest import Command
from tests.conftest import TIMEOUT
from tests.unit.transfer.files import files_of

CONTENTS = {"cat.jpg": b"A cat " * 100_000, "dog.jpg": b"A dog"}
DIGESTS = {file.name: file.digest for file in files_of(CONTENTS)}


@pytest.fixture
def source(blog_file: Path) -> str:
    """The URL of a blog with two files."""
    url = f"sqlite:///{blog_file}"
    asyncio.run(add_files(url))
    return url


@pytest.fixture
def target(tmp_path: Path) -> str:
    """The URL of an empty database."""
    return f"sqlite:///{tmp_path / 'target.db'}"


async def add_files(url: str, media_url: str = "", *, records: bool = True) -> None:
    store = await open_store(url, timeout=TIMEOUT, pool_size=1, media_url=media_url)
    for file in files_of(CONTENTS):
        await store.media_bytes.put(file.digest, parts(CONTENTS[file.name]), size=file.size)
    if records:
        await store.records.write(Batch(kept=files_of(CONTENTS)))
    await store.close()


async def parts(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def read_bytes(url: str, media_url: str) -> Mapping[str, bytes]:
    store = await open_store(url, timeout=TIMEOUT, pool_size=1, unfinished=True, media_url=media_url)
    keys = [each.key for each in await store.media_bytes.page()]
    read = {key: b"".join([part async for part in store.media_bytes.read(key)]) for key in keys}
    await store.close()
    return read


def bytes_in(url: str, media_url: str = "") -> Mapping[str, bytes]:
    """The bytes of a blog, by the names of their files."""
    stored = asyncio.run(read_bytes(url, media_url))
    return {name: stored[digest] for name, digest in DIGESTS.items() if digest in stored}


def change(url: str, statement: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def lose_the_dog(url: str) -> None:
    change(url, f"update media_bytes set key = 'lost' where key = '{DIGESTS['dog.jpg']}'")


@pytest.mark.long
def test_a_copy_says_which_bytes_it_copied(everpost: Command, source: str, target: str) -> None:
    survey = everpost("copy", source, target, "--dry-run")
    assert "Files to copy: 2 (600 kB)." in survey.out
    outcome = everpost("copy", source, target)
    assert outcome.status == 0, outcome.out
    assert "Files copied: 2 (600 kB)." in outcome.out.splitlines()
    assert "Copying files: 600 kB of 600 kB" in outcome.err
    assert bytes_in(target) == CONTENTS
    again = everpost("copy", source, target)
    assert "Files copied: 0 (0 bytes); unchanged: 2." in again.out.splitlines()
    assert again.status == 0


@pytest.mark.long
def test_bytes_are_verified(everpost: Command, source: str, target: str) -> None:
    everpost("copy", source, target)
    outcome = everpost("verify", source, target)
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "The databases match.")
    assert "Verifying files: 1.2 MB of 1.2 MB" in outcome.err
    lose_the_dog(target)
    outcome = everpost("verify", source, target)
    assert outcome.status == 1
    assert outcome.out.splitlines()[-2:] == [
        "1 file without valid bytes in the target:",
        f"  dog.jpg ({DIGESTS['dog.jpg']}): its bytes are missing",
    ]
    outcome = everpost("verify", source, target, "--without-media")
    assert outcome.status == 0
    assert "The bytes of files were not compared." in outcome.out
    assert everpost("copy", source, target).status == 0
    assert everpost("verify", source, target).status == 0


@pytest.mark.long
def test_lost_bytes_are_named_and_the_rest_is_copied(everpost: Command, source: str, target: str) -> None:
    lose_the_dog(source)
    for _attempt in range(2):
        outcome = everpost("copy", source, target)
        assert outcome.status == 1
        assert f"  dog.jpg ({DIGESTS['dog.jpg']}): its bytes are missing" in outcome.out.splitlines()
        assert "--from-media" in outcome.out.splitlines()[-1]
        assert bytes_in(target) == {"cat.jpg": CONTENTS["cat.jpg"]}
    assert everpost("verify", source, target, "--without-media").status == 0  # it is not unfinished
    asyncio.run(add_files(source, records=False))
    assert everpost("copy", source, target).status == 0
    assert bytes_in(target) == CONTENTS


@pytest.mark.long
def test_bytes_can_be_left_out_and_come_later(everpost: Command, source: str, target: str) -> None:
    outcome = everpost("copy", source, target, "--without-media")
    assert outcome.status == 0
    assert "The bytes of files were left out." in outcome.out
    assert bytes_in(target) == {}
    assert everpost("verify", source, target, "--without-media").status == 0
    assert everpost("verify", source, target).status == 1
    assert everpost("copy", source, target).status == 0
    assert bytes_in(target) == CONTENTS


@pytest.mark.long
def test_bytes_come_from_and_go_to_folders(
    everpost: Command, source: str, target: str, tmp_path: Path
) -> None:
    ours, theirs = f"file://{tmp_path}/ours", f"file://{tmp_path}/theirs"
    assert everpost("copy", source, target, "--to-media", ours).status == 0
    assert (bytes_in(target), bytes_in(target, ours)) == ({}, CONTENTS)
    assert everpost("verify", source, target).status == 1
    assert everpost("verify", source, target, "--to-media", ours).status == 0
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert everpost("copy", target, other, "--from-media", ours, "--to-media", theirs).status == 0
    assert bytes_in(other, theirs) == CONTENTS
    again = everpost("copy", target, other, "--from-media", ours, "--to-media", ours)  # they stay there
    assert "Files copied: 0 (0 bytes); unchanged: 2." in again.out


@pytest.mark.long
def test_no_place_is_named_for_bytes_that_are_left_out(everpost: Command, source: str, target: str) -> None:
    outcome = everpost("copy", source, target, "--without-media", "--to-media", "file:///nowhere")
    assert (outcome.status, outcome.err) == (
        1,
        "everpost: --without-media cannot be combined with --from-media or --to-media.\n",
    )


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("name", ["blog.jsonl", "blog.jsonl.zst"])
def test_an_archive_moves_files(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, name: str
) -> None:
    exported = everpost("export", str(tmp_path / name))
    assert exported.status == 0
    assert exported.out.splitlines()[-1] == "Files exported: 2 (600 kB)."
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    survey = everpost("import", str(tmp_path / name), "--dry-run")
    assert "Files to copy: 2 (600 kB)." in survey.out
    outcome = everpost("import", str(tmp_path / name))
    assert outcome.status == 0
    assert "Files imported: 2 (600 kB)." in outcome.out.splitlines()
    assert bytes_in(target) == CONTENTS
    assert everpost("import", str(tmp_path / name)).status == 0
    assert everpost("export", str(tmp_path / f"again-{name}")).status == 0
    assert (tmp_path / f"again-{name}").read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.long
@pytest.mark.usefixtures("source")
def test_an_archive_moves_files_from_and_to_the_place_in_the_settings(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, source: str
) -> None:
    ours, theirs = f"file://{tmp_path}/ours", f"file://{tmp_path}/theirs"
    asyncio.run(add_files(source, ours, records=False))
    change(source, "delete from media_chunks")
    monkeypatch.setenv("EVERPOST_MEDIA_URL", ours)
    assert everpost("export", str(tmp_path / "blog")).status == 0
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    monkeypatch.setenv("EVERPOST_MEDIA_URL", theirs)
    assert everpost("import", str(tmp_path / "blog")).status == 0
    assert (bytes_in(target), bytes_in(target, theirs)) == ({}, CONTENTS)


@pytest.mark.long
@pytest.mark.usefixtures("source")
def test_an_archive_can_leave_bytes_out(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    outcome = everpost("export", str(tmp_path / "blog"), "--without-media")
    assert outcome.status == 0
    assert "The bytes of files were left out." in outcome.out
    first = json.loads((tmp_path / "blog").read_bytes().splitlines()[0])
    assert first["media_bytes"] is False
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    outcome = everpost("import", str(tmp_path / "blog"))
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == "The archive was written without the bytes of files."
    assert bytes_in(target) == {}


@pytest.mark.long
@pytest.mark.usefixtures("source")
def test_an_import_can_leave_bytes_out_and_a_later_one_bring_them(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    everpost("export", str(tmp_path / "blog"))
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    outcome = everpost("import", str(tmp_path / "blog"), "--without-media")
    assert outcome.status == 0
    assert bytes_in(target) == {}
    assert everpost("import", str(tmp_path / "blog")).status == 0
    assert bytes_in(target) == CONTENTS


@pytest.mark.long
def test_an_archive_of_a_blog_that_lost_bytes_says_so(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str
) -> None:
    lose_the_dog(source)
    lost = f"  dog.jpg ({DIGESTS['dog.jpg']}): its bytes are missing"
    exported = everpost("export", str(tmp_path / "blog"))
    assert exported.status == 1
    assert exported.out.splitlines()[-1] == lost
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    outcome = everpost("import", str(tmp_path / "blog"))
    assert outcome.status == 1
    assert lost in outcome.out.splitlines()
    assert outcome.out.endswith("The database matches the archive.\n")
    assert bytes_in(target) == {"cat.jpg": CONTENTS["cat.jpg"]}


@pytest.mark.long
@pytest.mark.usefixtures("source")
def test_a_damaged_file_in_an_archive_imports_nothing(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    everpost("export", str(tmp_path / "blog"))
    archive = (tmp_path / "blog").read_bytes()
    place = archive.index(DIGESTS["cat.jpg"].encode(), archive.index(b'{"kind":"media_bytes"')) + 100
    (tmp_path / "blog").write_bytes(archive[:place] + b"AAAA" + archive[place + 4 :])
    monkeypatch.setenv("EVERPOST_DATABASE_URL", target)
    outcome = everpost("import", str(tmp_path / "blog"))
    assert outcome.status == 1
    assert "the bytes of cat.jpg (" in outcome.err
    assert not Path(target.removeprefix("sqlite:///")).exists()
