"""How many comments there are above a comment of the first schema."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from bson import ObjectId


class Thread(Protocol):
    """Where the comments above are found."""

    async def there(self, names: Iterable[ObjectId]) -> Mapping[ObjectId, dict[str, Any]]: ...

    def parent_of(self, comment: dict[str, Any]) -> ObjectId | None: ...

    async def keep_depths(self, depths: Sequence[tuple[dict[str, Any], int]]) -> None: ...


async def depths_of(thread: Thread, parents: Mapping[ObjectId, ObjectId | None]) -> Mapping[ObjectId, int]:
    """The depths of these comments, of which it is known what they answer. What is found out on the way
    about others is kept: each way up is gone once.
    """
    above = dict(parents)
    depths: dict[ObjectId, int] = {}
    found_settled: dict[ObjectId, dict[str, Any]] = {}
    while wanted := {each for each in above.values() if each is not None and each not in above | depths}:
        found = await thread.there(wanted)
        for name in wanted:
            comment = found.get(name)
            if comment is None:
                depths[name] = 0  # gone: a tombstone will be there
            elif "depth" in comment:
                depths[name] = comment["depth"]
            else:
                above[name] = thread.parent_of(comment)
                if "_id" in comment:
                    found_settled[name] = comment
    for name in above:
        _find_depth(name, above, depths)
    await thread.keep_depths([(comment, depths[name]) for name, comment in found_settled.items()])
    return depths


def _find_depth(
    name: ObjectId, above: Mapping[ObjectId, ObjectId | None], depths: dict[ObjectId, int]
) -> None:
    """Also of all above it. Where ids were used again comments may answer each other in a circle: the one
    where it closes counts as answering none.
    """
    way: list[ObjectId] = []
    on_way: set[ObjectId] = set()
    here: ObjectId | None = name
    while here is not None and here not in depths and here not in on_way:
        way.append(here)
        on_way.add(here)
        here = above[here]
    depth = depths.get(here, -1) if here is not None else -1
    for each in reversed(way):
        depth += 1
        depths[each] = depth
