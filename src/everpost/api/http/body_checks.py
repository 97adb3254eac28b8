"""Validates bodies at a bounded cost, however many unknown fields they have."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias, get_type_hints, is_typeddict

Faults: TypeAlias = list[Any]
"""As Pydantic tells them: dictionaries of `loc`, `msg` and more."""
Check: TypeAlias = Callable[[object], tuple[Any, Faults]]

COUNT = "count"
"""In one of them that stands for several: how many these are."""

_FEW = 50
"""Unknown fields that Pydantic may describe itself: it takes several microseconds for each."""


def body_check(field: Any) -> Check:  # noqa: ANN401 - FastAPI's type has no public name
    """The check of a value against the schema of this field."""
    check: Check = partial(field.validate, loc=("body",))
    schema = field.field_info.annotation
    if not is_typeddict(schema):
        return check
    known = get_type_hints(schema).keys()

    def check_fields(body: object) -> tuple[Any, Faults]:
        if not isinstance(body, dict) or len(body) <= len(known) + _FEW:
            return check(body)
        value, faults = check({name: body[name] for name in body if name in known})
        unknown = [name for name in body if name not in known]
        named = [{"loc": ("body", name), "msg": _EXTRA} for name in unknown[:_FEW]]
        return value, [*faults, *named, {"loc": ("body",), "msg": _EXTRA, COUNT: len(unknown) - _FEW}]

    return check_fields


_EXTRA = "Extra inputs are not permitted"
"""Pydantic's own words."""
