"""A kind of record: its name, its fields as plain JSON values, and its place in a stream of records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, cast

from everpost.domain.record_kinds.fields import Field
from everpost.domain.records import Record
from everpost.errors import Invalid

RecordT = TypeVar("RecordT", bound=Record)

Key = tuple[int | str, ...]
"""The place of a record: the order of keys is the order of a stream. The key of a record that belongs to
another record begins with the key of its owner.
"""
Values = Mapping[str, object]
"""A record as plain JSON values, by field."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind(Generic[RecordT]):
    """Records of one class. In a stream, all records of a kind follow each other, or, if the kind has an
    `owner`, the record that they belong to.
    """

    name: str
    plural: str
    type: type[RecordT]
    fields: Mapping[str, Field]
    """In the order in which they are written."""
    order: Sequence[str] = ("id",)
    """The fields by which the records are sorted, within their owner if they have one. Empty: there is always
    exactly one record of this kind. A kind that owns others has exactly one such field.
    """
    owner: str | None = None
    """The field with the id of the record that a record belongs to, and with which it is removed."""
    unique: Mapping[str, Callable[[RecordT], Sequence[str]]] = field(default_factory=dict)
    """Functions that return the unique values of a record, by field. The `order`, which is unique too, is not
    repeated here.
    """
    references: Sequence[tuple[str, str]] = field(init=False)
    """The fields that refer to other records, except the owner, with the kind of each."""
    columns: Sequence[str] = field(init=False)
    """The names of the fields, after `kind`, the name of the kind."""
    _checks: Sequence[tuple[str, bool, Callable[[str, object], None]]] = field(init=False, repr=False)
    _decode: "_Decoder" = field(init=False, repr=False)
    _encode: "_Encoder" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        fields = self.fields.items()
        referring = [(name, each.refers_to) for name, each in fields if each.refers_to and name != self.owner]
        object.__setattr__(self, "references", referring)
        object.__setattr__(self, "columns", ["kind", *self.fields])
        object.__setattr__(self, "_checks", [(name, each.is_optional, each.check) for name, each in fields])
        object.__setattr__(self, "_decode", _Decoder(self))
        object.__setattr__(self, "_encode", _Encoder(self))

    @property
    def owner_kind(self) -> str | None:
        """The name of the kind that records of this kind belong to."""
        return None if self.owner is None else self.fields[self.owner].refers_to

    @property
    def is_single(self) -> bool:
        """Whether there is always exactly one record of this kind."""
        return not self.order

    def encode(self, record: RecordT) -> Values:
        """The record as plain JSON values. Equal records have equal values, in the same order."""
        return self._encode(record)

    def check(self, values: Values) -> None:
        """Raise Invalid unless `encode` could return these values, apart from their order."""
        try:
            for name, is_optional, check in self._checks:
                value = values[name]
                if value is not None or not is_optional:
                    check(name, value)
        except KeyError as error:
            raise Invalid(str(error.args[0]), "is missing") from None

    def decode(self, values: Values) -> RecordT:
        """The record with these values, which `check` accepts."""
        record: RecordT = self._decode(values)
        return record


class _Decoder:
    """Implements `Kind.decode`, precomputed because it is called for each record."""

    def __init__(self, kind: Kind[Any]) -> None:
        self._make: Callable[..., Any] = kind.type
        fields = {each.attribute or name: each for name, each in kind.fields.items()}
        self._attributes = [*fields]
        self._get = itemgetter(*kind.fields, "kind")  # returns a tuple only for two or more
        self._readers = [(name, each.read) for name, each in fields.items() if each.read is not None]

    def __call__(self, values: Values) -> Any:  # noqa: ANN401 - a record of the kind
        attributes = dict(zip(self._attributes, self._get(values), strict=False))
        for name, read in self._readers:
            value = attributes[name]
            if value is not None:
                attributes[name] = read(value)
        return self._make(**attributes)


class _Encoder:
    """Implements `Kind.encode`, precomputed because it is called for each record."""

    def __init__(self, kind: Kind[Any]) -> None:
        self._kind = kind.name
        self._names = kind.columns
        attributes = [each.attribute or name for name, each in kind.fields.items()]
        self._get = attrgetter(*attributes, attributes[0])  # returns a tuple only for two or more
        self._writers = [(name, each.write) for name, each in kind.fields.items() if each.write is not None]

    def __call__(self, record: Record) -> Values:
        values: dict[str, object] = dict(zip(self._names, (self._kind, *self._get(record)), strict=False))
        for name, write in self._writers:
            value = values[name]
            if value is not None:
                values[name] = write(value)
        return values


class Kinds:
    """Kinds of records, in the order of a stream. A kind is followed by the kinds that belong to it."""

    def __init__(self, *kinds: Kind[Any]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._by_type = {kind.type: kind for kind in kinds}
        self._places = {kind.name: _placing(self._kinds, kind, place) for place, kind in enumerate(kinds)}

    def __iter__(self) -> Iterator[Kind[Any]]:
        return iter(self._kinds.values())

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __getitem__(self, name: str) -> Kind[Any]:
        return self._kinds[name]

    def of(self, record: RecordT) -> Kind[RecordT]:
        """The kind of a record."""
        return self._by_type[type(record)]

    def key(self, kind: Kind[Any], values: Values) -> Key:
        """The place of a record with these values."""
        return self._places[kind.name](values)


def _placing(kinds: Mapping[str, Kind[Any]], kind: Kind[Any], place: int) -> Callable[[Values], Key]:
    """The function that returns the key of a record."""
    order = tuple(kind.order)
    if kind.owner is None:
        return lambda values: cast("Key", (place, *[values[name] for name in order]))
    owner, of = kind.owner, list(kinds).index(kind.owner_kind or "")
    return lambda values: cast("Key", (of, values[owner], place, *[values[name] for name in order]))
