"""A record as a line of JSON: the one form that it has, on every store and in every archive.

Equal records have equal lines, byte for byte, so what two blogs have in common can be compared by them.
docs/archive.md describes them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from everpost.domain.record_kinds.kinds import Key, Kind, Kinds, Values
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record
from everpost.errors import Invalid


class Row(NamedTuple):
    """A record with its line, which ends with a newline, in UTF-8."""

    kind: Kind[Any]
    record: Record
    line: bytes
    kinds: Kinds

    @property
    def key(self) -> Key:
        """Its place in the stream. Few rows are asked for it, so it is not kept."""
        return self.kinds.key(self.kind, self.kind.encode(self.record))

    @property
    def name(self) -> str:
        """The kind, and the id unless the kind has only one record."""
        return self.kind.name if self.kind.is_single else f"{self.kind.name} {self.key[-1]}"


def row_of(record: Record, kinds: Kinds = KINDS) -> Row:
    """The record with its place and its line."""
    kind = kinds.of(record)
    return Row(kind, record, encoded(kind.encode(record)), kinds)


def read_row(line: bytes, kinds: Kinds = KINDS) -> Row:
    """The record in a line, which includes its newline. Invalid: it has no valid record. `canonical_values`
    tells whether the line is that of the record.
    """
    values = read_values(line)
    name = values.get("kind")
    if name is None:
        raise Invalid("kind", "is missing")
    if not isinstance(name, str) or name not in kinds:
        raise Invalid("kind", f"should be one of {', '.join(kind.name for kind in kinds)}")
    kind = kinds[name]
    return Row(kind, kind.decode(values), line, kinds)


def canonical_values(row: Row) -> Values:
    """The values of a row that was read. Invalid: its line is not, byte for byte, that of its record."""
    values = row.kind.encode(row.record)
    if encoded(values) != row.line:
        raise Invalid("the line", "is not in the canonical form: check its fields, their order and spelling")
    return values


def encoded(values: Mapping[str, object]) -> bytes:
    """A line with these values, in their order."""
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def read_values(line: bytes) -> Mapping[str, object]:
    """The values of a line of JSON in UTF-8. Invalid: it is not JSON."""
    try:
        values = orjson.loads(line)
    except ValueError:
        raise Invalid("the line", "is not JSON in UTF-8") from None
    if not isinstance(values, dict):
        raise Invalid("the line", "is not a JSON object")
    return values
