"""The fields of working copies as plain JSON values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from everpost.domain.record_kinds.fields import MOMENT, Field, text, written
from everpost.domain.writing.working_copies import MAX_ETAG, PostBase, PostText, max_typed
from everpost.errors import Invalid

_TYPED = {name: text(0, max_typed(name)) for name in PostText.NAMES}
_BASE = {"etag": text(1, MAX_ETAG), "updated_at": MOMENT}


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, dict) or list(value) != [each for each in _TYPED if each in value]:
        raise Invalid(name, f"should be an object with some of these fields, in order: {', '.join(_TYPED)}")
    for each, typed in value.items():
        _TYPED[each].check(f"{name}.{each}", typed)


def _check_base(name: str, value: object) -> None:
    if not isinstance(value, dict) or list(value) != [*_BASE, "text"]:
        raise Invalid(name, "should be an object with an etag, a time of update and a text, in this order")
    for each, field in _BASE.items():
        field.check(f"{name}.{each}", value[each])
    _check_text(f"{name}.text", value["text"])


def _text_of(values: Mapping[str, str]) -> PostText:
    return PostText(**values)


def _base_of(values: Mapping[str, Any]) -> PostBase:
    moment = datetime.fromisoformat(values["updated_at"])
    return PostBase(etag=values["etag"], updated_at=moment, text=_text_of(values["text"]))


def _written_text(given: PostText) -> object:
    return dict(given.given())


def _written_base(base: PostBase) -> object:
    return {
        "etag": base.etag,
        "updated_at": written(base.updated_at),
        "text": _written_text(base.text),
    }


POST_TEXT = Field(_check_text, read=_text_of, write=_written_text)
POST_BASE = Field(_check_base, read=_base_of, write=_written_base)
