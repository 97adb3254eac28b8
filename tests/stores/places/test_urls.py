"""Media URLs."""

import pytest

from everpost.errors import Misconfigured
from everpost.stores.places.urls import FolderUrl, S3Url, parse_url


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("file:///srv/blog/media", FolderUrl("/srv/blog/media")),
        ("file://localhost/srv/media", FolderUrl("/srv/media")),
        ("file:media", FolderUrl("media")),
        ("file:./my%20media", FolderUrl("./my media")),
        ("s3://bucket", S3Url("bucket", "")),
        ("s3://bucket/", S3Url("bucket", "")),
        ("s3://bucket/a/b/", S3Url("bucket", "a/b/")),
        (
            "s3://bucket/a?endpoint=http://127.0.0.1:9000&region=eu-west-1",
            S3Url("bucket", "a/", "http://127.0.0.1:9000", "eu-west-1"),
        ),
    ],
)
def test_a_media_url_names_a_place(url: str, parsed: FolderUrl | S3Url) -> None:
    assert parse_url(url) == parsed


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("/srv/media", "not a media URL"),
        ("http://bucket/", "not a media URL"),
        ("s3://[", "not a media URL"),
        ("file://media/x", "file:///srv/blog/media"),
        ("file://", "file:///srv/blog/media"),
        ("file:///a?b=c", "file:///srv/blog/media"),
        ("file:///a%00b", "file:///srv/blog/media"),
        ("s3:///prefix", "s3://bucket/prefix"),
        ("s3://bucket/#x", "s3://bucket/prefix"),
        ("s3://bucket/?endpoint=example", "https://"),
        ("s3://bucket/?region=a&secret=b", "unknown option: 'secret'"),
        ("s3://AKIAKEY:hidden@bucket/", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_wrong_url_is_refused_without_showing_it(url: str, reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason) as refused:
        parse_url(url)
    assert "hidden" not in refused.value.message
    assert "AKIAKEY" not in refused.value.message
