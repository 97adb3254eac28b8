"""A cache of posts that is never stale, because each use validates the cached post with the database."""

import json
import sys
from collections import OrderedDict
from collections.abc import Sequence

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostKey, PostQuery
from everpost.errors import NotFound
from everpost.stores.batching import Batcher, KeyedBatcher
from everpost.stores.port import Posts, Store, Validator

_VALIDATED_TOGETHER = 100
"""The maximum number of ids that `Posts.validators` accepts."""
_READ_TOGETHER = 1_000
_OVERHEAD = 2_000
"""Bytes that a post, and each comment in it, needs in addition to its texts."""

_Key = tuple[Id, int]
"""The id of a post, and the number of comments it was read with."""


class CachedPosts:
    """A cache in front of another `Posts`. `get`, `find`, `find_by_path` and `page` return the same object as
    long as the database has its validator, so callers can tell by identity that a post has not changed.
    Callers share round trips: validators are batched, and a page that several callers request concurrently
    is read once.
    """

    def __init__(self, posts: Posts, *, capacity: int) -> None:
        """`capacity`: bytes for the posts and their JSON, which the API keeps as long as the post."""
        self._posts = posts
        self._kept = _LeastRecentlyUsed(capacity)
        self._validations = Batcher(self._validate, most=_VALIDATED_TOGETHER)
        self._finders = {key: _Finder(posts, self._kept, key) for key in PostKey}
        self._pages: KeyedBatcher[PostQuery, PostQuery, Page[Post]] = KeyedBatcher(
            self._page_once, most=_READ_TOGETHER
        )
        self.comment_context, self.count, self.tags = posts.comment_context, posts.count, posts.tags
        self.page_locations, self.authors, self.updates = posts.page_locations, posts.authors, posts.updates
        self.add, self.save, self.remove = posts.add, posts.save, posts.remove
        self.read, self.validators, self.page_validators = posts.read, posts.validators, posts.page_validators
        self.find_validators = posts.find_validators

    async def get(self, id: Id, *, comments: int) -> Post:
        if comments == 0:  # costs no more than the validator; permission checks need it
            return await self._posts.get(id, comments=0)
        kept = self._kept.get((id, comments))
        if kept is not None and _is_current(kept, await self._validations.load(id)):
            return kept
        found = await self._read([id], comments)
        if id not in found:
            raise NotFound("post", id)
        return found[id]

    async def find(self, slug: str, *, comments: int) -> Post | None:
        return await self._finders[PostKey.SLUG].find(slug, comments)

    async def find_by_path(self, path: str, *, comments: int) -> Post | None:
        return await self._finders[PostKey.PATH].find(path, comments)

    async def page(self, query: PostQuery) -> Page[Post]:
        return await self._pages.load(query, query)

    async def _validate(self, ids: Sequence[Id]) -> Sequence[Validator | None]:
        validators = await self._posts.validators(list(set(ids)))
        return [validators.get(each) for each in ids]

    async def _page_once(self, queries: Sequence[PostQuery]) -> Sequence[Page[Post]]:
        """Read a page once for all of these queries, which differ at most in `moment`."""
        latest = max(queries, key=lambda query: query.filter.audience.moment)
        return [await self._page(latest)] * len(queries)

    async def _page(self, query: PostQuery) -> Page[Post]:
        wanted = await self._posts.page_validators(query)
        found = {each: kept for each, _ in wanted.rows if (kept := self._kept.get((each, query.comments)))}
        outdated = [each for each, validator in wanted.rows if not _is_current(found.get(each), validator)]
        if outdated:
            found |= await self._read(outdated, query.comments)
        if not all(_is_current(found.get(each), validator) for each, validator in wanted.rows):
            return await self._posts.page(query)  # a post has changed, and may no longer belong to the page
        return Page(tuple(found[each] for each, _ in wanted.rows), has_more=wanted.has_more)

    async def _read(self, ids: Sequence[Id], comments: int) -> dict[Id, Post]:
        found = dict(await self._posts.read(ids, comments=comments))
        for post in found.values():
            self._kept.put(post, comments)
        return found


class _Finder:
    """Finds posts by their slugs, or by their old paths. Each time, the database tells which post has the
    slug or path, and its state, so a cached post is never returned for a slug that another post has by now.
    """

    def __init__(self, posts: Posts, kept: "_LeastRecentlyUsed", key: PostKey) -> None:
        self._posts = posts
        self._kept = kept
        self._key = key
        self._validations = Batcher(self._validate, most=_VALIDATED_TOGETHER)

    async def find(self, value: str, comments: int) -> Post | None:
        post_id = self._kept.find(self._key, value)
        kept = None if post_id is None else self._kept.get((post_id, comments))
        if kept is not None:
            found = await self._validations.load(value)
            if found is None:
                return None
            if found[0] == kept.id and found[1].is_of(kept):
                return kept
        find = self._posts.find if self._key is PostKey.SLUG else self._posts.find_by_path
        if (post := await find(value, comments=comments)) is not None:
            self._kept.put(post, comments)
        return post

    async def _validate(self, values: Sequence[str]) -> Sequence[tuple[Id, Validator] | None]:
        validators = await self._posts.find_validators(self._key, list(set(values)))
        return [validators.get(each) for each in values]


class CachedStore:
    """A store whose posts are cached."""

    def __init__(self, store: Store, *, capacity: int) -> None:
        self.posts = CachedPosts(store.posts, capacity=capacity)
        self.comments, self.blog = store.comments, store.blog
        self.preview_links, self.trash = store.preview_links, store.trash
        self.users, self.tokens, self.limits = store.users, store.tokens, store.limits
        self.passkeys = store.passkeys
        self.revisions = store.revisions
        self.working_copies, self.records = store.working_copies, store.records
        self.media, self.media_bytes = store.media, store.media_bytes
        self.ping, self.close = store.ping, store.close


class _LeastRecentlyUsed:
    """A least-recently-used cache, bounded in bytes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[_Key, tuple[Post, int]] = OrderedDict()
        self._ids: dict[tuple[PostKey, str], Id] = {}
        """The ids of the kept posts, by their slugs and old paths."""

    def get(self, key: _Key) -> Post | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def find(self, key: PostKey, value: str) -> Id | None:
        """The id of a kept post that had this slug or old path."""
        return self._ids.get((key, value))

    def put(self, post: Post, comments: int) -> None:
        key = post.id, comments
        if key in self._kept:
            self._forget(*self._kept.pop(key))
        if self._capacity == 0 or (size := _size_of(post)) > self._capacity:
            return
        self._kept[key] = post, size
        self._ids.update(dict.fromkeys(_keys_of(post), post.id))
        self._size += size
        while self._size > self._capacity:
            self._forget(*self._kept.popitem(last=False)[1])

    def _forget(self, post: Post, size: int) -> None:
        self._size -= size
        for each in _keys_of(post):
            if self._ids.get(each) == post.id:
                del self._ids[each]


def _keys_of(post: Post) -> Sequence[tuple[PostKey, str]]:
    return [(PostKey.SLUG, post.slug), *((PostKey.PATH, path) for path in post.paths)]


def _is_current(kept: Post | None, validator: Validator | None) -> bool:
    return kept is not None and validator is not None and validator.is_of(kept)


def _size_of(post: Post) -> int:
    """The approximate size in memory of the post and its JSON, in bytes."""
    texts = (
        post.title,
        post.content,
        post.summary or "",
        *post.paths,
        *(comment.content for comment in post.comments),
    )
    return _OVERHEAD * (1 + len(post.comments)) + sum(map(_size_of_text, texts))


def _size_of_text(text: str) -> int:
    return sys.getsizeof(text) + sys.getsizeof(json.dumps(text, ensure_ascii=False))
