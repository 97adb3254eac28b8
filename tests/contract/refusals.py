"""Refusals of stores and services, compared by every fact that an error states."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from everpost.errors import Conflict, EverpostError, Invalid, NotFound, Stale

STATED: Mapping[type[EverpostError], Sequence[str]] = {
    Conflict: ("noun", "field"),
    NotFound: ("noun",),
    Stale: ("noun",),
    Invalid: ("field",),
}
"""The facts of each class of errors. A test names all of them."""


def describe(outcome: object) -> str:
    """The class of an outcome; for an error, with the noun and the field that it states."""
    facts = (getattr(outcome, fact, "") for fact in ("noun", "field") if isinstance(outcome, EverpostError))
    return " ".join([type(outcome).__name__, *filter(None, facts)])


@contextmanager
def raises(
    error: type[EverpostError], noun: str = "", field: str = "", match: str | None = None
) -> Iterator[None]:
    """Require an error of just this class that states just these facts, and whose message has a match."""
    given = {"noun": noun, "field": field}
    for base, facts in STATED.items():
        if issubclass(error, base):
            assert all(given[fact] for fact in facts), "name every fact"
    with pytest.raises(error, match=match) as caught:
        yield
    assert describe(caught.value) == " ".join([error.__name__, *filter(None, (noun, field))])


async def attempt(call: Awaitable[object]) -> str:
    """The description of the error that the call raises; "done" if it raises none."""
    try:
        await call
    except EverpostError as refusal:
        return describe(refusal)
    return "done"
