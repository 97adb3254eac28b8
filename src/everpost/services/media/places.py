"""The place of the bytes of media."""

from everpost.settings import Settings
from everpost.stores.port import MediaBytes, Store


def open_place(_settings: Settings, store: Store) -> MediaBytes:
    """The place that the settings name: the blog's own database."""
    return store.media_bytes
