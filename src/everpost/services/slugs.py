"""Slugs for posts that are imported."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from everpost.domain.text import numbered_slug
from everpost.errors import Busy, Conflict

Result = TypeVar("Result")

_ATTEMPTS = 20
"""How often others may be faster before the database is `Busy`."""


async def write_numbered(
    slug: str, write: Callable[[str], Awaitable[Result]], is_taken: Callable[[str], Awaitable[bool]]
) -> Result:
    """Write something under this slug, or, where it is taken, under a numbered one. The write itself decides
    whether a slug is free. Busy, and what `write` raises.
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
    """A number that is free after one that is taken: the first, where the numbers go on without a gap.
    A thousand posts of one title take some twenty questions, not a thousand.
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
