"""A record as a line of JSON, in the same form on every store and in every archive.

Equal records have equal lines, byte for byte, so blogs can be compared by their lines. docs/archive.md
describes the form.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from everpost.domain.record_kinds.kinds import Key, Kind, Kinds, Values
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record
from everpost.errors import Invalid


class Row(NamedTuple):
    """A record with its line, in UTF-8 and with a newline at the end."""

    kind: Kind[Any]
    record: Record
    line: bytes
    kinds: Kinds

    @property
    def key(self) -> Key:
        """The position in the stream. It is computed on demand, because it is needed for few rows."""
        return self.kinds.key(self.kind, self.kind.encode(self.record))

    @property
    def name(self) -> str:
        """The kind, and the id unless the kind has only one record."""
        return self.kind.name if self.kind.is_single else f"{self.kind.name} {self.key[-1]}"


def row_of(record: Record, kinds: Kinds = KINDS) -> Row:
    """The record with its line."""
    kind = kinds.of(record)
    return Row(kind, record, encode(kind.encode(record)), kinds)


def read_row(line: bytes, kinds: Kinds = KINDS) -> Row:
    """The record in a line that `checked_values` accepts."""
    values = orjson.loads(line)
    kind = kinds[values["kind"]]
    return Row(kind, kind.decode(values), line, kinds)


def checked_values(line: bytes, kinds: Kinds = KINDS) -> tuple[Kind[Any], Values]:
    """The kind and the values of the record in a line, which includes its newline. Raises Invalid unless the
    line is, byte for byte, that of a record.
    """
    values = read_values(line)
    name = values.get("kind")
    if name is None:
        raise Invalid("kind", "is missing")
    if not isinstance(name, str) or name not in kinds:
        raise Invalid("kind", f"should be one of {', '.join(kind.name for kind in kinds)}")
    kind = kinds[name]
    kind.check(values)
    if [*values] != kind.columns or encode(values) != line:
        raise Invalid("the line", "is not in the canonical form: check its fields, their order and spelling")
    return kind, values


def encode(values: Mapping[str, object]) -> bytes:
    """A line with these values, in their order."""
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def read_values(line: bytes) -> Mapping[str, object]:
    """The values of a line of JSON in UTF-8. Raises Invalid if it is not a JSON object."""
    try:
        values = orjson.loads(line)
    except ValueError:
        raise Invalid("the line", "is not JSON in UTF-8") from None
    if not isinstance(values, dict):
        raise Invalid("the line", "is not a JSON object")
    return values
