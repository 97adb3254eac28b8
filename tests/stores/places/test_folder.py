"""A folder as the place of the bytes of media."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from everpost.domain.clock import now
from everpost.errors import Busy, Misconfigured
from everpost.stores.places import open_place
from tests.contract.places.contents import content_of, parts, put, read

HOUR = timedelta(hours=1)
KEY, DATA = content_of(1, 1_000)


async def test_a_file_lies_in_two_levels_of_folders_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    place = await open_place(f"file://{tmp_path}/media", timeout=1)
    await put(place, KEY, DATA)
    path = tmp_path / "media" / KEY[:2] / KEY[2:4] / KEY
    assert path.read_bytes() == DATA
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*(tmp_path / "media" / "drafts").iterdir()] == []


async def test_a_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = await open_place("file:my%20media", timeout=1)
    await put(place, KEY, DATA)
    assert (tmp_path / "my media").is_dir()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../" + KEY,
        KEY + "/..",
        "/etc/passwd",
        KEY.upper(),
        KEY[:-1],
        f"{KEY}-800.webp/../x",
        f"{KEY}\n",
    ],
)
async def test_nothing_else_than_a_key_names_a_file(tmp_path: Path, key: str) -> None:
    place = await open_place(f"file://{tmp_path}/media", timeout=1)
    with pytest.raises(ValueError, match="not a key"):
        await put(place, key, DATA)
    with pytest.raises(ValueError, match="not a key"):
        await place.find(key)
    with pytest.raises(ValueError, match="not a key"):
        await read(place, key)
    with pytest.raises(ValueError, match="not a key"):
        await place.remove(key, stored_before=now())
    assert [*tmp_path.rglob("*")] == [  # noqa: ASYNC240
        tmp_path / "media",
        tmp_path / "media" / "drafts",
    ]


async def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    place = await open_place(f"file://{tmp_path}", timeout=1)
    await put(place, KEY, DATA)
    others = [
        tmp_path / "README",
        tmp_path / "zz",
        tmp_path / KEY[:2] / "aa",
        tmp_path / KEY[:2] / KEY[2:4] / "x",
    ]
    for other in others:
        other.write_text("not a file of the blog")
    assert [each.key for each in await place.page()] == [KEY]
    assert all(other.exists() for other in others)


async def test_drafts_of_killed_processes_are_removed_after_a_day(tmp_path: Path) -> None:
    place = await open_place(f"file://{tmp_path}", timeout=1)
    old, young = tmp_path / "drafts" / "old", tmp_path / "drafts" / "young"
    old.touch()
    young.touch()
    yesterday = (now() - 25 * HOUR).timestamp()
    os.utime(old, (yesterday, yesterday))
    await place.close()
    await open_place(f"file://{tmp_path}", timeout=1)
    assert [*(tmp_path / "drafts").iterdir()] == [young]


async def test_bytes_put_while_they_are_removed_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process puts them after they were found old, but before they are gone."""
    place = await open_place(f"file://{tmp_path}", timeout=1)
    await put(place, KEY, DATA)
    path = tmp_path / KEY[:2] / KEY[2:4] / KEY
    an_hour_ago = (now() - HOUR).timestamp()
    os.utime(path, (an_hour_ago, an_hour_ago))
    rename = Path.rename

    def put_then_rename(source: Path, target: Path) -> Path:
        os.utime(source)  # as a `put` does
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", put_then_rename)
    assert not await place.remove(KEY, stored_before=now() - HOUR / 2)
    assert await read(place, KEY) == DATA
    assert [*(tmp_path / "drafts").iterdir()] == []


async def test_content_of_another_size_is_refused(tmp_path: Path) -> None:
    place = await open_place(f"file://{tmp_path}", timeout=1)
    with pytest.raises(ValueError, match="bytes"):
        await place.put(KEY, parts(DATA), size=len(DATA) + 1)
    assert await place.page() == []


async def test_a_folder_that_disappears_is_busy(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    place = await open_place(f"file://{folder}", timeout=1)
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(Busy, match=r"The folder for media cannot be used: No such file or directory\."):
        await put(place, KEY, DATA)
    with pytest.raises(Busy):
        await place.page()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/media", "No such file or directory"),
        ("file/media", "Not a directory"),
        ("file", "Not a directory"),
    ],
)
async def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured) as refused:
        await open_place(f"file://{tmp_path}/{path}", timeout=1)
    assert refused.value.message == (f"The folder for media, {tmp_path}/{path}, cannot be written: {reason}.")
