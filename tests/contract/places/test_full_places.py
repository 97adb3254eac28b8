"""Places without space left."""

import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from everpost.errors import OutOfSpace
from everpost.stores.port.media_bytes import MediaBytes
from tests.contract.places.conftest import BUCKET, FOLDER
from tests.contract.places.contents import PART, content_of, put, read
from tests.contract.refusals import raises
from tests.s3 import S3Server


@contextmanager
def _small_files() -> Iterator[None]:
    """Let this process write no file longer than 2 MB, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PART, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def without_space(place_name: str, request: pytest.FixtureRequest) -> AbstractContextManager[None]:
    """A context in which the place has no space for 4 MB more."""
    if place_name == FOLDER:
        return _small_files()
    assert place_name == BUCKET
    server: S3Server = request.getfixturevalue("s3")
    return server.failing("507 Insufficient Storage XMinioStorageFull")


async def test_a_full_place_keeps_nothing_of_a_file(
    place: MediaBytes, place_name: str, request: pytest.FixtureRequest
) -> None:
    key, data = content_of(1, 4 * PART)
    with without_space(place_name, request), raises(OutOfSpace):
        await put(place, key, data)
    assert await place.find(key) is None
    assert await place.page() == []
    await put(place, key, data)
    assert await read(place, key) == data
