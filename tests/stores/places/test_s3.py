"""S3-compatible storage as the place of the bytes of media."""

import sys
from collections.abc import Iterator

import pytest

from everpost.errors import Busy, EverpostError, Misconfigured, OutOfSpace, Unreachable
from everpost.stores.places import open_place
from tests.contract.places.contents import content_of, put, read
from tests.s3 import CREDENTIALS, S3Server, s3_server

KEY, DATA = content_of(1, 1_000)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("507 Insufficient Storage XMinioStorageFull", OutOfSpace, "no space left"),
        ("403 Forbidden QuotaExceeded", OutOfSpace, "no space left"),
        ("500 Internal Server Error InternalError", Busy, r"it answered 500 \(InternalError\)\. Try again\."),
        ("503 Slow Down SlowDown", Busy, r"it answered 503 \(SlowDown\)"),
        ("403 Forbidden AccessDenied", Busy, r"it answered 403 \(AccessDenied\)"),
        ("404 Not Found NoSuchBucket", Busy, r"it answered 404 \(NoSuchBucket\)"),
    ],
)
async def test_an_error_of_the_storage(
    s3: S3Server, fault: str, error: type[EverpostError], message: str
) -> None:
    place = await open_place(s3.media_url(s3.new_bucket()), timeout=10)
    with s3.failing(fault), pytest.raises(error, match=message) as failed:
        await put(place, KEY, DATA)
    assert not any(secret in failed.value.message for secret in CREDENTIALS.values())
    assert await place.find(KEY) is None


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("404 Not Found NoSuchBucket", Misconfigured, r"cannot be used: it answered 404 \(NoSuchBucket\)\."),
        ("403 Forbidden InvalidAccessKeyId", Misconfigured, r"it answered 403 \(InvalidAccessKeyId\)\."),
        ("503 Slow Down SlowDown", Unreachable, r"it answered 503 \(SlowDown\)\."),
    ],
)
async def test_storage_that_cannot_be_opened(
    s3: S3Server, fault: str, error: type[EverpostError], message: str
) -> None:
    with s3.failing(fault), pytest.raises(error, match=message) as failed:
        await open_place(s3.media_url("blog"), timeout=10)
    assert failed.value.message.startswith("The place for media, s3://blog/media/, cannot be used")
    assert not any(secret in failed.value.message for secret in CREDENTIALS.values())


@pytest.mark.usefixtures("s3")
async def test_storage_that_does_not_respond() -> None:
    with pytest.raises(Unreachable, match="cannot be used: it does not respond"):
        await open_place("s3://blog/?endpoint=http://127.0.0.1:1", timeout=1)


async def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "everpost.stores.places.s3", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(Misconfigured, match=r"pip install 'everpost\[s3\]'"):
        await open_place("s3://blog/?endpoint=http://127.0.0.1:1", timeout=1)


async def test_places_with_different_prefixes_are_separate(s3: S3Server) -> None:
    bucket = s3.new_bucket()
    ours, theirs = [
        await open_place(f"s3://{bucket}/{prefix}?endpoint={s3.url}", timeout=10) for prefix in ("", "blog/b")
    ]
    await put(ours, KEY, DATA)
    assert await theirs.find(KEY) is None
    assert await theirs.page() == []
    await put(theirs, KEY, DATA)
    assert [each.key for each in await ours.page()] == [KEY]
    assert await read(theirs, KEY) == DATA
