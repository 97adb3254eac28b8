"""Opens the places for the bytes of media that are not the blog's own database."""

from everpost.errors import Misconfigured
from everpost.stores.places.urls import FolderUrl, parse_url
from everpost.stores.port.media_bytes import MediaBytes


async def open_place(url: str, *, timeout: float) -> MediaBytes:
    """Open the place at a media URL: `file:///folder`, `file:folder` (relative), or
    `s3://bucket/prefix?endpoint=…&region=…`. `timeout`, in seconds, applies to each request to S3.

    Applications need not call this: `open_store(…, media_url=settings.media_url)` returns a store whose
    `media_bytes` are at that URL, or in its database if the URL is empty. Closing the store closes the place.

    Raises Misconfigured, if the URL is invalid, the folder cannot be written, the bucket does not exist or
    the extra `s3` is not installed; Unreachable.
    """
    location = parse_url(url)
    if isinstance(location, FolderUrl):
        from everpost.stores.places.folder import Folder

        return await Folder.open(location.path)
    try:
        from everpost.stores.places.s3 import Bucket
    except ModuleNotFoundError:
        raise Misconfigured(
            "Media in S3-compatible storage need the extra `s3`. Run: pip install 'everpost[s3]'"
        ) from None
    return await Bucket.open(location, timeout=timeout)
