"""Removing what is no longer needed: unused files, and bytes that belong to no file."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from everpost.domain.media.copies import file_digest
from everpost.services.media.contents import navigation_digests
from everpost.stores.port import Store, StoredBytes

UPLOAD_TIME = timedelta(hours=1)
"""The age of bytes without a record after which no upload is about to add it."""
_FILES_AT_ONCE = 100
_KEYS_AT_ONCE = 1_000


async def remove_unused_files(store: Store, moment: datetime, *, age: timedelta | None) -> int:
    """Remove the files that no post has used for so long, and to which the navigation does not link; None:
    never. Returns their number. Their bytes are removed by `remove_lost_bytes`.
    """
    if age is None:
        return 0
    removed = 0
    while True:
        kept = await navigation_digests(store)
        digests = await store.media.remove_unused(moment - age, limit=_FILES_AT_ONCE, keep=kept)
        removed += len(digests)
        if len(digests) < _FILES_AT_ONCE:
            return removed


async def remove_lost_bytes(store: Store, moment: datetime) -> int:
    """Remove the bytes of files that have no record, and of their resized copies, unless they were stored
    within the last hour: an upload stores the bytes first. Returns the number of keys.

    An upload of the same file at the same time renews the bytes, so they are not removed, or stores them
    again.
    """
    place, before = store.media_bytes, moment - UPLOAD_TIME
    removed, after = 0, ""
    while page := await place.page(after=after, limit=_KEYS_AT_ONCE):
        after = page[-1].key
        for each in await _lost(store, page):
            if each.stored_at < before:
                removed += await place.remove(each.key, stored_before=before)
    return removed


async def _lost(store: Store, page: Sequence[StoredBytes]) -> list[StoredBytes]:
    """Those that belong to no file."""
    found = await store.media.find(list({file_digest(each.key) for each in page}))
    return [each for each in page if file_digest(each.key) not in found]
