"""Describes differences between a database and the declared tables."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Constraint, Index

from everpost.stores.sql.model.metadata import METADATA
from everpost.stores.sql.schema.initial_creation import OPTIONS

# https://alembic.sqlalchemy.org/en/latest/api/autogenerate.html#getting-diffs
_SENTENCES: dict[str, Callable[..., str]] = {
    "add_table": lambda table: f"The table {table.name} is missing.",
    "add_column": lambda _schema, table, column: f"The column {column.name} of {table} is missing.",
    "remove_column": lambda _schema, table, column: f"The column {column.name} of {table} is not Everpost's.",
    "add_index": lambda index: f"The index {_name(index)} is missing.",
    "remove_index": lambda index: f"The index {_name(index)} is not Everpost's.",
    "add_constraint": lambda constraint: f"The constraint {_name(constraint)} is missing.",
    "remove_constraint": lambda constraint: f"The constraint {_name(constraint)} is not Everpost's.",
    "add_fk": lambda key: f"The foreign key {_name(key)} is missing.",
    "remove_fk": lambda key: f"The foreign key {_name(key)} is not Everpost's.",
    "modify_type": lambda _schema, table, column, _rest, is_type, must: (
        f"The column {column} of {table} has the type {is_type!r}, not {must!r}."
    ),
    "modify_nullable": lambda _schema, table, column, _rest, may_be_null, _must: (
        f"The column {column} of {table} {'may' if may_be_null else 'must not'} be null."
    ),
}


def find_differences(connection: Connection) -> Sequence[str]:
    """Return a sentence for each difference. Tables of other applications are ignored."""
    context = MigrationContext.configure(connection, opts=OPTIONS)
    return tuple(_sentence(*each) for each in _flat(compare_metadata(context, METADATA)))


def _flat(differences: Sequence[Any]) -> Iterator[tuple[str, *tuple[object, ...]]]:
    """Flatten the list, in which Alembic groups the changes of a column."""
    for difference in differences:
        for kind, *details in difference if isinstance(difference, list) else [difference]:
            if kind != "remove_table":
                yield kind, *details


def _sentence(kind: str, *details: object) -> str:
    say = _SENTENCES.get(kind)
    return say(*details) if say else f"Alembic finds a difference: {kind} {details!r}."


def _name(thing: Index | Constraint) -> str:
    return f"{thing.name} of {thing.table}"
