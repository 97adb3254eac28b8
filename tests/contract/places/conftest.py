"""Places for the bytes of media: the database of a blog, a folder, and a bucket."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from everpost.stores.places import open_place
from everpost.stores.port.media_bytes import MediaBytes
from tests.conftest import TIMEOUT
from tests.s3 import S3Server, s3_server

FOLDER, BUCKET = "folder", "s3"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place_name" in metafunc.fixturenames:
        metafunc.parametrize("place_name", [FOLDER, BUCKET])


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def place_url(place_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of an empty place: a media URL, or that of a database."""
    if place_name == FOLDER:
        return f"file://{tmp_path}/media"
    server: S3Server = request.getfixturevalue("s3")
    return server.media_url(server.new_bucket())


@pytest.fixture
async def place(place_url: str) -> AsyncIterator[MediaBytes]:
    """An empty place."""
    place = await open_place(place_url, timeout=TIMEOUT)
    yield place
    await place.close()
