"""Files are cleaned in child processes: within limits, without blocking, one after another."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from everpost.errors import Busy
from everpost.media.cleaner import clean
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, Refused, TooCostly, TooLarge, UnsupportedType
from everpost.media.variants import variants_of
from everpost.services.child_processes.process import ChildProcess, CutOff
from everpost.services.media import processes, worker
from everpost.services.media.messages import read_clean, read_failure, write_upload
from everpost.services.media.processes import MediaProcess, MediaProcesses
from tests.unit.media.pictures import PICTURES, chunk, gif, header, jpeg, png, saved
from tests.unit.media.test_variants import wide

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
LIMITS = Limits()


@pytest.fixture
async def media() -> AsyncIterator[MediaProcesses]:
    started = MediaProcesses()
    yield started
    started.close()


async def test_the_result_is_that_of_the_pure_functions(media: MediaProcesses) -> None:
    for data in PICTURES.values():
        assert await media.clean(data, LIMITS) == clean(data, LIMITS)
    large = clean(saved(wide(), "PNG"), LIMITS)
    assert await media.variants(large) == tuple(variants_of(large))
    assert await media.variants(clean(gif(3), LIMITS)) == ()


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"hello", UnsupportedType), (jpeg()[:-1], Damaged), (b"GIF89a" + b"\xff" * 20, TooLarge)],
)
async def test_refusals_are_those_of_the_pure_function(
    media: MediaProcesses, data: bytes, error: type[Refused]
) -> None:
    with pytest.raises(error) as expected:
        clean(data, LIMITS)
    with pytest.raises(error) as refused:
        await media.clean(data, LIMITS)
    assert refused.value.message == expected.value.message
    assert vars(refused.value) == vars(expected.value)


async def test_limits_reach_the_process(media: MediaProcesses) -> None:
    with pytest.raises(TooLarge, match="at most 959"):
        await media.clean(png(), Limits(pixels=959))


async def test_a_file_of_too_many_bytes_is_not_sent(
    media: MediaProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(TooLarge):
        await media.clean(png(), Limits(size=10))
    with pytest.raises(Busy):
        await media.clean(png(), LIMITS)


async def test_a_file_that_takes_too_much_time_is_refused_and_the_next_one_is_not() -> None:
    media = MediaProcesses(seconds=0.01)
    slow = header(5_000, 5_000) + chunk(b"IDAT", zlib.compress(bytes(75_005_000), 1)) + chunk(b"IEND", b"")
    with pytest.raises(TooCostly, match="takes too much CPU time"):
        await media.clean(slow, LIMITS)
    media._seconds = 60
    assert await media.clean(png(), LIMITS) == clean(png(), LIMITS)
    media.close()


async def test_a_process_that_is_lost_is_replaced(
    media: MediaProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ChildProcess.call

    def lost(process: ChildProcess, message: bytes, seconds: float) -> bytes | CutOff:
        process.kill()
        return call(process, message, seconds)

    monkeypatch.setattr(ChildProcess, "call", lost)
    with pytest.raises(Busy):
        await media.clean(png(), LIMITS)
    monkeypatch.setattr(ChildProcess, "call", call)
    assert await media.clean(png(), LIMITS) == clean(png(), LIMITS)


async def test_many_files_at_once_share_one_process(
    media: MediaProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[MediaProcess] = []
    begin = MediaProcess.__init__

    def counted(process: MediaProcess) -> None:
        started.append(process)
        begin(process)

    monkeypatch.setattr(processes.MediaProcess, "__init__", counted)
    files = await asyncio.gather(*(media.clean(png(orientation), LIMITS) for orientation in range(1, 9)))
    assert len({file.digest for file in files}) == 8
    assert len(started) == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("format_", "options"), [("JPEG", {}), ("PNG", {"compress_level": 1}), ("WEBP", {"method": 0})]
)
async def test_the_largest_picture_stays_within_the_limits(
    media: MediaProcesses, format_: str, options: dict[str, object]
) -> None:
    mode = "RGB" if format_ == "JPEG" else "RGBA"
    data = saved(Image.effect_noise((4_807, 10_400), 2).convert(mode), format_, **options)
    file = await media.clean(data, Limits(size=100_000_000))
    assert [each.width for each in await media.variants(file)] == [400, 400, 800, 800, 1600, 1600]


def test_memory_is_limited() -> None:
    process = MediaProcess()
    data = header(30_000, 30_000) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    answer = process.call(write_upload(data, Limits(pixels=10**9)), 60)
    process.close()
    assert isinstance(answer, bytes)
    with pytest.raises(TooCostly):
        read_clean(answer)


def test_a_mistake_in_a_parser_is_reported_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise IndexError("secret")

    monkeypatch.setattr(worker, "clean", fail)
    place = read_failure(worker._answer(write_upload(b"", LIMITS)))
    assert place is not None
    assert place.startswith("IndexError in test_media.py:")


async def test_a_mistake_in_a_parser_is_a_refusal(
    media: MediaProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChildProcess, "call", lambda *_arguments: b'["failed", "IndexError in gif.py:1"]\n')
    with pytest.raises(Refused, match=r"^This file cannot be read\.$"):
        await media.clean(png(), LIMITS)
