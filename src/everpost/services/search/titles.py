"""Searching posts by title.

No two databases fold the case of all scripts alike, so the titles are compared here, a batch at a time. One
call compares a bounded number: its page may have fewer posts than requested, although more follow.
"""

import unicodedata
from dataclasses import replace
from functools import lru_cache

from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.posts import Post, PostLocation, PostQuery
from everpost.services.posts import hides_author, list_page
from everpost.stores.port import Store

MOST_COMPARED = 20_000
"""The number of titles that one call compares."""
_BATCH = 1_000


async def find_page(
    store: Store, actor: Actor, query: PostQuery, words: str | None
) -> tuple[Page[Post], Position | None]:
    """A page of the posts that the actor may see, filtered by the words in their titles if there are any, and
    the position after which more may follow.
    """
    if words is not None:
        return await _search(store, actor, query, words)
    page = await list_page(store, actor, query)
    return page, page.rows[-1].position(query.sort) if page.rows and page.has_more else None


def has_words(title: str, words: str) -> bool:
    """Whether the title contains all of these words, or parts of words, whatever their case."""
    folded = _folded(title)
    return all(word in folded for word in _split(words))


async def _search(
    store: Store, actor: Actor, query: PostQuery, words: str
) -> tuple[Page[Post], Position | None]:
    if await hides_author(store, actor, query.filter) or not query.limit:
        return Page((), has_more=False), None
    found: list[Id] = []
    after, is_left = query.after, True
    for _ in range(MOST_COMPARED // _BATCH):
        page = await store.posts.page_locations(replace(query, limit=_BATCH, after=after))
        is_left = page.has_more
        for location in page.rows:
            after = _position(location, query)
            if has_words(location.title, words):
                found.append(location.id)
            if len(found) == query.limit:
                is_left = page.has_more or location is not page.rows[-1]
                break
        if not is_left or len(found) == query.limit:
            break
    read = await store.posts.read(found, comments=query.comments) if found else {}
    rows = tuple(read[each] for each in found if each in read)
    return Page(rows, has_more=is_left), after if is_left else None


def _position(location: PostLocation, query: PostQuery) -> Position:
    moment = location.updated_at if query.sort.by_update else location.publication_date
    return Position(moment, location.id)


@lru_cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(_folded(words).split())


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
