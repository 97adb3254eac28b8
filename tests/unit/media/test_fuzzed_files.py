"""Mutated files: each is refused for a reason, or becomes a clean file. No process ends."""

import sys
import zlib
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.media.limits import Limits
from everpost.media.refusals import Refused
from everpost.services.child_processes.process import CutOff
from everpost.services.media.messages import (
    read_clean,
    read_failure,
    read_variants,
    write_file,
    write_upload,
)
from everpost.services.media.processes import MediaProcess
from tests.unit.media.pictures import PICTURES
from tests.unit.media.test_plain_files import FILES
from tests.volume import examples

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
LIMITS = Limits()
SEEDS = [*PICTURES.values(), *FILES.values()]
SECONDS = 60
PNG_START = 8
PLACES = st.floats(0, 1)
MUTATIONS = st.one_of(
    st.tuples(st.just("replace"), PLACES, st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("insert"), PLACES, st.binary(min_size=1, max_size=8)),
    st.tuples(
        st.just("number"), PLACES, st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"])
    ),
    st.tuples(st.just("remove"), PLACES, st.binary(min_size=1, max_size=64)),
    st.tuples(st.just("repeat"), PLACES, st.binary(min_size=1, max_size=64)),
    st.tuples(st.just("cut"), PLACES, st.just(b"")),
    st.tuples(st.just("splice"), PLACES, st.sampled_from(SEEDS)),
)


def mutated(data: bytes, mutations: list[tuple[str, float, bytes]]) -> bytes:
    """The file after these changes, each at a place between its start (0) and its end (1)."""
    for kind, place, value in mutations:
        at = round(place * len(data))
        before, after = data[:at], data[at:]
        data = {
            "replace": before + value + after[len(value) :],
            "number": before + value + after[len(value) :],
            "insert": before + value + after,
            "remove": before + after[len(value) :],
            "repeat": before + after[: len(value)] * 2 + after[len(value) :],
            "cut": before,
            "splice": before + value[at:],
        }[kind]
    return data


def with_checksums(data: bytes) -> bytes:
    """A PNG file whose checksums are right again, so that what they protect is read."""
    position = PNG_START
    while position + 12 <= len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4], "big")
        data = data[:end] + zlib.crc32(data[position + 4 : end]).to_bytes(4, "big") + data[end + 4 :]
        position = end + 4
    return data


@pytest.fixture(scope="module")
def process() -> Iterator[MediaProcess]:
    started = MediaProcess()
    yield started
    started.close()


def answer(process: MediaProcess, message: bytes) -> bytes:
    answered = process.call(message, SECONDS)
    assert not isinstance(answered, CutOff), answered
    assert read_failure(answered) is None
    return answered


def check(process: MediaProcess, data: bytes) -> None:
    try:
        file = read_clean(answer(process, write_upload(data, LIMITS)))
        read_variants(answer(process, write_file(file)))
    except Refused:
        return
    assert read_clean(answer(process, write_upload(file.data, LIMITS))) == file


@settings(max_examples=examples(400))
@given(st.sampled_from(SEEDS), st.lists(MUTATIONS, min_size=1, max_size=4))
def test_a_mutated_file_is_refused_or_cleaned(
    process: MediaProcess, data: bytes, mutations: list[tuple[str, float, bytes]]
) -> None:
    changed = mutated(data, mutations)
    check(process, with_checksums(changed) if changed.startswith(b"\x89PNG") else changed)


@settings(max_examples=examples(50))
@given(st.lists(st.sampled_from(SEEDS), min_size=2, max_size=3))
def test_polyglots_are_refused_or_cleaned(process: MediaProcess, parts: list[bytes]) -> None:
    check(process, b"".join(parts))
    for one, other in pairwise(parts):
        check(process, one[: len(one) // 2] + other)


@settings(max_examples=examples(50))
@given(st.sampled_from([data[:size] for data in SEEDS for size in (4, 12, 30)]), st.binary(max_size=200))
def test_a_signature_with_anything_behind_it_is_refused_or_cleaned(
    process: MediaProcess, start: bytes, rest: bytes
) -> None:
    check(process, start + rest)
