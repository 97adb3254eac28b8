"""The tags of published posts, read from an index tag by tag."""

import asyncio
from collections.abc import Sequence

from bson import MaxKey, MinKey

from everpost.domain.paging import Page
from everpost.domain.posts import PostKind, PostStatus, TagCount, TagQuery
from everpost.stores.mongo.model.collections import BY_DATE, OF_TAG, Collections, index_bound

_INDEX = [*OF_TAG, *BY_DATE]
_REST = len(_INDEX) - 1
"""The number of fields after the tag."""


class Tags:
    """Reads the tags with a loose index scan: each step seeks past all posts with the last tag."""

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts

    async def page(self, query: TagQuery) -> Page[TagCount]:
        rows: list[TagCount] = []
        after = query.after
        while len(rows) <= query.limit:
            some = await self._next(after, query.limit + 1 - len(rows))
            if not some:
                break
            counts = await asyncio.gather(*(self._count(tag, query) for tag in some))
            rows += [TagCount(tag, count) for tag, count in zip(some, counts, strict=True) if count]
            after = some[-1]
        return Page.of(rows, query.limit)

    async def _next(self, after: str | None, most: int) -> Sequence[str]:
        """The next tags, whatever the status of their posts."""
        found: list[str] = []
        # Posts without tags are in the index too, before the first text.
        first = index_bound(_INDEX, after or "", *[MinKey() if after is None else MaxKey()] * _REST)
        while len(found) < most:
            # Returns the index key itself, without reading the post.
            keys = self._posts.find({}, limit=1, hint=_INDEX, return_key=True).min(first)
            names: Sequence[object] = [key["tags"] for key in await keys.to_list()]
            if not names or not isinstance(names[0], str):
                break
            found.append(names[0])
            first = index_bound(_INDEX, names[0], *[MaxKey()] * _REST)
        return found

    async def _count(self, tag: str, query: TagQuery) -> int:
        these = {
            "tags": tag,
            "status": PostStatus.PUBLISHED.value,
            "kind": PostKind.POST.value,
            "publication_date": {"$lte": query.moment},
        }
        return await self._posts.count_documents(these, hint=_INDEX)
