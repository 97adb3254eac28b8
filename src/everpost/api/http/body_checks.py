"""Validates request bodies at a bounded cost, even if they have many unknown fields."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias, get_type_hints, is_typeddict

Errors: TypeAlias = list[Any]
"""Validation errors in Pydantic's form: dictionaries with `loc`, `msg` and more."""
Check: TypeAlias = Callable[[object], tuple[Any, Errors]]

COUNT = "count"
"""The key of the number of errors, in an error that stands for several."""

_FEW = 50
"""Unknown fields that Pydantic may describe itself, which takes several microseconds each."""


def body_check(field: Any) -> Check:  # noqa: ANN401 - FastAPI's type has no public name
    """A function that validates a value against the schema of this field."""
    check: Check = partial(field.validate, loc=("body",))
    schema = field.field_info.annotation
    if not is_typeddict(schema):
        return check
    known = get_type_hints(schema).keys()

    def check_fields(body: object) -> tuple[Any, Errors]:
        if not isinstance(body, dict) or len(body) <= len(known) + _FEW:
            return check(body)
        value, errors = check({name: body[name] for name in body if name in known})
        unknown = [name for name in body if name not in known]
        named = [{"loc": ("body", name), **_EXTRA} for name in unknown[:_FEW]]
        return value, [*errors, *named, {"loc": ("body",), **_EXTRA, COUNT: len(unknown) - _FEW}]

    return check_fields


_EXTRA = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}
"""Pydantic's own error for an unknown field."""
