"""Every write of a new version renews the row's stamp."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from sqlalchemy import Column, Update

from everpost.stores import sql
from everpost.stores.sql.model.metadata import METADATA


def updates() -> Iterator[tuple[str, Update]]:
    """Every UPDATE in a module of the store, with its name."""
    for module in pkgutil.walk_packages(sql.__path__, f"{sql.__name__}."):
        if "migrations" not in module.name:
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, Update):
                    yield f"{module.name}.{name}", value


def test_every_update_that_counts_a_version_renews_the_stamp() -> None:
    stamped = {table for table in METADATA.tables.values() if "stamp" in table.c}
    assert {table.name for table in stamped} == {
        *("blog", "comments", "media", "posts", "users", "working_copies")
    }
    counting = []
    for name, update in updates():
        changed = {column.key for column in update._values or {} if isinstance(column, Column)}
        if update.table in stamped and "version" in changed:
            counting.append(name)
            assert "stamp" in changed, name
    assert len(counting) >= len(stamped)
