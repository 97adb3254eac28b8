"""Whether a blog can be served."""

from everpost.stores.port import Store


async def require_database(store: Store) -> None:
    """Return if the database answers. Busy."""
    await store.ping()
