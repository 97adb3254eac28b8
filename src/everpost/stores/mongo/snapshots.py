"""The port's `Snapshot` on MongoDB: a spool as records."""

import heapq
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast

import bson
from bson import CodecOptions, ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.records import Counts, Record
from everpost.domain.users import Author
from everpost.stores.mongo.documents import (
    PostDocument,
    SettledComment,
    read_comment,
    read_post,
    read_settled,
)
from everpost.stores.mongo.people import (
    BlogDocument,
    TokenEntry,
    UserDocument,
    read_blog,
    read_token,
    read_user,
)
from everpost.stores.mongo.spool import Spool

_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
_BATCH = 500
_BATCH_BYTES = 4_000_000
_KNOWN_AUTHORS = 10_000

_Sized = tuple[Record, int]
"""A record, and about how many bytes it has."""


class MongoSnapshot:
    """Reads the spool in order, and finds out who inherited what from whom."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._successor = lru_cache(_KNOWN_AUTHORS)(self._find_successor)

    async def fingerprint(self) -> None:
        """There is none."""

    async def count(self) -> Counts:
        return self._spool.count()

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        batch: list[Record] = []
        size = 0
        for record, length in self._all():
            batch.append(record)
            size += length
            if len(batch) >= _BATCH or size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _all(self) -> Iterator[_Sized]:
        for document in self._spool.blogs():
            yield read_blog(cast("BlogDocument", _decoded(document))), len(document)
        for document in self._spool.users():
            yield read_user(cast("UserDocument", _decoded(document))), len(document)
        for owner, document in self._spool.tokens():
            yield read_token(cast("TokenEntry", _decoded(document)), ObjectId(owner)), len(document)
        for document in self._spool.posts():
            post = cast("PostDocument", _decoded(document))
            yield self._inherited(read_post(post, ())), len(document)
            yield from self._thread(post)

    def _thread(self, post: PostDocument) -> Iterable[_Sized]:
        nested = [read_comment(entry, post["_id"]) for entry in post["comments"]]
        nested.sort(key=attrgetter("position"))
        copies = self._spool.copies(post["thread"])
        settled = (read_settled(cast("SettledComment", _decoded(each))) for each in copies)
        for comment in heapq.merge(nested, settled, key=attrgetter("position")):
            yield self._disowned(comment), len(comment.content)

    def _inherited(self, post: Post) -> Post:
        """A post of somebody who was removed is the heir's."""
        return post if post.author is None else replace(post, author=self._successor(post.author.id)[1])

    def _disowned(self, comment: Comment) -> Comment:
        """A comment names neither an author nor an editor who was removed."""
        if comment.author is not None and not self._successor(comment.author.id)[0]:
            comment = replace(comment, author=None)
        if comment.editor_id is not None and not self._successor(comment.editor_id)[0]:
            comment = replace(comment, editor_id=None)
        return comment

    def _find_successor(self, id: Id) -> tuple[bool, Author | None]:
        """Whether this is a user, and whose the posts are that say this one's."""
        line: list[bytes] = []
        name: bytes | None = ObjectId(id).binary
        while name is not None and name not in line:
            line.append(name)
            is_living, heir = self._spool.user(name)
            if is_living:
                return len(line) == 1, Author(id=Id(name.hex()), name="")
            name = heir
        return False, None


def _decoded(document: bytes) -> dict[str, Any]:
    return bson.decode(document, _CODEC)
