"""Slugs of imported posts."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from everpost.domain.text import numbered_slug
from everpost.errors import Busy, Conflict

Result = TypeVar("Result")

_ATTEMPTS = 20
"""Number of attempts, if concurrent writers take the slugs, before `Busy` is raised."""


async def write_numbered(
    slug: str, write: Callable[[str], Awaitable[Result]], is_taken: Callable[[str], Awaitable[bool]]
) -> Result:
    """Call `write` with this slug or, if it is taken, with a numbered one. The write itself decides whether a
    slug is free. Raises Busy, and the errors of `write`.
    """
    number = 1
    for _ in range(_ATTEMPTS):
        try:
            return await write(numbered_slug(slug, number))
        except Conflict as conflict:
            if conflict.field != "slug":
                raise
        number = await _free_number(slug, number, is_taken)
    raise Busy


async def _free_number(slug: str, taken: int, is_taken: Callable[[str], Awaitable[bool]]) -> int:
    """A free number after one that is taken: the first, if the numbers have no gap. For a thousand posts with
    the same title, this takes about twenty queries instead of a thousand.
    """
    free = taken + 1
    while await is_taken(numbered_slug(slug, free)):
        taken, free = free, free * 2
    while free - taken > 1:
        middle = (taken + free) // 2
        if await is_taken(numbered_slug(slug, middle)):
            taken = middle
        else:
            free = middle
    return free
