"""Readiness of a blog."""

from everpost.stores.port import Store


async def require_database(store: Store) -> None:
    """Check that the database responds. Raises Busy."""
    await store.ping()
