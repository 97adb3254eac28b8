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


def told(outcome: object) -> str:
    """The class of an outcome; with the noun and the field where it is an error that states them."""
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
    assert told(caught.value) == " ".join([error.__name__, *filter(None, (noun, field))])


async def attempt(call: Awaitable[object]) -> str:
    """ "done", or what is told of the error."""
    try:
        await call
    except EverpostError as refusal:
        return told(refusal)
    return "done"
