"""Messages between a worker and its media processes: a line of JSON, followed by the bytes of files."""

import json
from dataclasses import astuple
from typing import Any

from everpost.domain.media.types import MediaType
from everpost.media.limits import Limits
from everpost.media.refusals import Damaged, Refused, TooCostly, TooLarge, UnsupportedType
from everpost.media.results import CleanFile, Variant

_REFUSALS: dict[str, type[Refused]] = {each.__name__: each for each in (UnsupportedType, TooLarge, TooCostly)}
_END = b"\n"


def write_upload(data: bytes, limits: Limits) -> bytes:
    """The message for a file to clean."""
    return _written(["clean", *astuple(limits)], data)


def write_file(file: CleanFile) -> bytes:
    """The message for a clean file: to resize it, or as a result."""
    return _written(["file", file.type, file.digest, file.width, file.height, file.is_animated], file.data)


def write_variants(variants: list[Variant]) -> bytes:
    """The message for resized copies."""
    facts = [[each.type, each.width, each.height, len(each.data)] for each in variants]
    return _written(["variants", *facts], b"".join(each.data for each in variants))


def write_refusal(refusal: Refused) -> bytes:
    """The message for a refusal."""
    if isinstance(refusal, Damaged):
        return _written(["Damaged", refusal.name, refusal.reason, refusal.position])
    return _written([type(refusal).__name__, refusal.message])


def write_failure(place: str) -> bytes:
    """The message for a mistake in a parser, which is at this place."""
    return _written(["failed", place])


def read_failure(message: bytes) -> str | None:
    """The place of a mistake, if the answer says so."""
    kind, values, _ = _read(message)
    return str(values[0]) if kind == "failed" else None


def read_task(message: bytes) -> tuple[bytes, Limits] | CleanFile:
    """The bytes to clean with their limits, or the file to resize."""
    kind, values, data = _read(message)
    return (data, Limits(*values)) if kind == "clean" else _file(values, data)


def read_clean(message: bytes) -> CleanFile:
    """The clean file in an answer. Raises the refusal in it."""
    return _file(*_read_result(message))


def read_variants(message: bytes) -> tuple[Variant, ...]:
    """The resized copies in an answer. Raises the refusal in it."""
    facts, data = _read_result(message)
    variants, position = [], 0
    for type_, width, height, size in facts:
        variants.append(Variant(data[position : position + size], MediaType(type_), width, height))
        position += size
    return tuple(variants)


def _file(values: list[Any], data: bytes) -> CleanFile:
    type_, digest, width, height, is_animated = values
    return CleanFile(data, MediaType(type_), digest, width, height, is_animated=is_animated)


def _read_result(message: bytes) -> tuple[list[Any], bytes]:
    kind, values, data = _read(message)
    if kind == "Damaged":
        name, reason, position = values
        raise Damaged(name, reason, position=position)
    if kind in _REFUSALS:
        raise _REFUSALS[kind](*values)
    return values, data


def _written(head: list[Any], data: bytes = b"") -> bytes:
    return json.dumps(head).encode() + _END + data


def _read(message: bytes) -> tuple[str, list[Any], bytes]:
    head, _, data = message.partition(_END)
    kind, *values = json.loads(head)
    return kind, values, data
