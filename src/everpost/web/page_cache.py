"""A cache of rendered pages, each kept for as long as the posts that it shows have not changed."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from operator import is_
from typing import Annotated
from weakref import ref

from fastapi import Depends, Request

from everpost.domain.posts import Post
from everpost.web.pages import RenderedPage

_OVERHEAD = 2_000
"""Bytes that a page needs in addition to its text."""


class PageCache:
    """The least recently used pages are dropped. The store's cache returns the same object as long as a post,
    its thread and the names in both have not changed, so a page is current while its posts are the same
    objects. The key identifies the page, and `facts` are everything else on which it depends: an earlier
    state is never kept beside a later one, because it would have an earlier date if it became current again.
    """

    def __init__(self, capacity: int) -> None:
        """`capacity`: bytes."""
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[RenderedPage, tuple[ref[Post], ...], Hashable]] = (
            OrderedDict()
        )

    def find(self, key: Hashable, posts: Sequence[Post], facts: Hashable = ()) -> RenderedPage | None:
        """The page with this key that shows these posts and facts, if it is current."""
        if key not in self._kept:
            return None
        page, shown, known = self._kept[key]
        if known != facts or len(shown) != len(posts) or not all(map(is_, [each() for each in shown], posts)):
            return None
        self._kept.move_to_end(key)
        return page

    def only_post(self, key: Hashable) -> Post | None:
        """The post that the page with this key shows, if it is still in memory and the only one."""
        kept = self._kept.get(key)
        return kept[1][0]() if kept is not None and len(kept[1]) == 1 else None

    def keep(self, key: Hashable, posts: Sequence[Post], page: RenderedPage, facts: Hashable = ()) -> None:
        """Keep the page in place of an outdated one. A page that is larger than the cache is not kept."""
        if key in self._kept:
            self._size -= _size_of(self._kept.pop(key)[0])
        if _size_of(page) > self._capacity:
            return
        self._kept[key] = page, tuple(map(ref, posts)), facts
        self._size += _size_of(page)
        while self._size > self._capacity:
            _, (dropped, _, _) = self._kept.popitem(last=False)
            self._size -= _size_of(dropped)


def _size_of(page: RenderedPage) -> int:
    return _OVERHEAD + 2 * len(page.body)


async def get_page_cache(request: Request) -> PageCache:
    """The page cache of this application."""
    page_cache: PageCache = request.app.state.page_cache
    return page_cache


CurrentPageCache = Annotated[PageCache, Depends(get_page_cache)]
