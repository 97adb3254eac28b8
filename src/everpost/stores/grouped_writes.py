"""Writes to one resource that are grouped into transactions."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from everpost.errors import EverpostError
from everpost.stores.batching import Key, KeyedBatcher

Item = TypeVar("Item")
Result = TypeVar("Result")

_MAX_SIZE = 50


class GroupedWrites(Generic[Key, Item, Result]):
    """Groups writes by key. Items that arrive while a write to the same key is in progress are written
    together, in the next transaction. Separate transactions would wait for each other in the database, or
    conflict. If a group is rolled back because of one of its items, each item is written alone.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        refusals: tuple[type[Exception], ...],
    ) -> None:
        """`write` writes items in one transaction and returns a result or an error for each. If it raises one
        of `refusals`, it has written nothing, because of one item.
        """
        self._write = write
        self._refusals = refusals
        self._errors: tuple[type[Exception], ...] = (EverpostError, *refusals)
        self._batcher: KeyedBatcher[Key, Item, Result | Exception] = KeyedBatcher(
            self._write_group, most=_MAX_SIZE
        )

    async def write(self, key: Key, item: Item) -> Result:
        """The result of writing the item; raises its error."""
        outcome = await self._batcher.load(key, item)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def finish(self) -> None:
        """Return once no write is in progress."""
        await self._batcher.finish()

    async def _write_group(self, items: Sequence[Item]) -> Sequence[Result | Exception]:
        if len(items) > 1:
            with suppress(*self._refusals):
                return await self._write(items)
        return [await self._write_alone(item) for item in items]

    async def _write_alone(self, item: Item) -> Result | Exception:
        try:
            (outcome,) = await self._write([item])
        except self._errors as error:
            return error
        return outcome
