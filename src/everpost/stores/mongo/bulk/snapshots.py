"""The port's `Snapshot` on MongoDB: a spool as records."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.records import Counts, Record
from everpost.domain.users import Author
from everpost.stores.mongo.bulk.spool import Spool
from everpost.stores.mongo.model.documents import read_comment, read_post
from everpost.stores.mongo.model.people import read_blog, read_token, read_user

_BATCH = 500
_BATCH_BYTES = 4_000_000

_Sized = tuple[Record, int]
"""A record, and about how many bytes it has."""


class MongoSnapshot:
    """Reads the spool in order, and finds out who inherited what from whom."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

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
        for document, length in self._spool.blog:
            yield read_blog(document), length
        for document, length in self._spool.users:
            yield read_user(document), length
        for document, length in self._spool.tokens:
            yield read_token(document["tokens"], document["_id"]), length
        comments = iter(self._spool.comments)
        comment = next(comments, None)
        for document, length in self._spool.posts:
            yield self._inherited(read_post(document | {"comments": []})), length
            while comment is not None and comment[0]["post_id"] == document["_id"]:
                yield self._disowned(read_comment(comment[0])), comment[1]
                comment = next(comments, None)

    def _inherited(self, post: Post) -> Post:
        """A post of somebody who was removed is the heir's."""
        if post.author is None:
            return post
        heir = self._spool.heir(ObjectId(post.author.id))
        return replace(post, author=None if heir is None else Author(id=Id(str(heir)), name=""))

    def _disowned(self, comment: Comment) -> Comment:
        """A comment names neither an author nor an editor who was removed."""
        if comment.author is not None and not self._spool.has_user(ObjectId(comment.author.id)):
            comment = replace(comment, author=None)
        if comment.editor_id is not None and not self._spool.has_user(ObjectId(comment.editor_id)):
            comment = replace(comment, editor_id=None)
        return comment
