"""The fields of working copies as plain JSON values."""

from collections.abc import Callable

from everpost.domain.record_kinds.fields import MOMENT, Field, text, written
from everpost.domain.writing.working_copies import MAX_ETAG, PostBase, PostText, max_typed
from everpost.errors import Invalid

_TYPED = {name: text(0, max_typed(name)) for name in PostText.NAMES}
_BASE = {"etag": text(1, MAX_ETAG), "updated_at": MOMENT}


def _read_text(name: str, value: object) -> PostText:
    if not isinstance(value, dict) or list(value) != [each for each in _TYPED if each in value]:
        raise Invalid(name, f"should be an object with some of these fields, in order: {', '.join(_TYPED)}")
    make: Callable[..., PostText] = PostText
    return make(**{each: _TYPED[each].read(f"{name}.{each}", typed) for each, typed in value.items()})


def _read_base(name: str, value: object) -> PostBase:
    if not isinstance(value, dict) or list(value) != [*_BASE, "text"]:
        raise Invalid(name, "should be an object with an etag, a time of update and a text, in this order")
    read = {each: field.read(f"{name}.{each}", value[each]) for each, field in _BASE.items()}
    make: Callable[..., PostBase] = PostBase
    return make(**read, text=_read_text(f"{name}.text", value["text"]))


def _written_text(given: PostText) -> object:
    return dict(given.given())


def _written_base(base: PostBase) -> object:
    return {
        "etag": base.etag,
        "updated_at": written(base.updated_at),
        "text": _written_text(base.text),
    }


POST_TEXT = Field(_read_text, write=_written_text)
POST_BASE = Field(_read_base, write=_written_base)
