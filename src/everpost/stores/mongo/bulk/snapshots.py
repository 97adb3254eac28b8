"""The port's `Snapshot` on MongoDB: reads the documents of a spool as records."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile
from everpost.domain.people.users import Author
from everpost.domain.posts import Post
from everpost.domain.record_kinds.registry import KINDS, POSTS
from everpost.domain.records import Counts, Record
from everpost.stores.mongo.bulk.spool import DocumentFile, Spool
from everpost.stores.mongo.bulk.surveys import Survey, survey
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import CommentDocument, read_comment, read_post_record
from everpost.stores.mongo.model.people import read_blog, read_token, read_user

_BATCH = 500
_BATCH_BYTES = 1_000_000

_BEFORE_POSTS = {kind.name for kind in takewhile(lambda kind: kind is not POSTS, KINDS)}
_Sized = tuple[Record, int]
"""A record and its approximate size in bytes."""


class MongoSnapshot:
    """Fills the spool on first use, reads it in order, and replaces removed users by their heirs."""

    def __init__(self, spool: Spool, collections: Collections, session: Session) -> None:
        self._spool = spool
        self._collections = collections
        self._session = session
        self._survey: Survey | None = None
        self._is_filled = False

    @translated
    async def fingerprint(self) -> str:
        return (await self._surveyed()).fingerprint

    @translated
    async def count(self) -> Counts:
        await self._fill()
        return self._spool.count()

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        await self._fill()
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

    async def _surveyed(self) -> Survey:
        if self._survey is None:
            others = [each.collection for each, _ in self._spool.others]
            self._survey = await survey(self._collections, others, self._session)
        return self._survey

    @translated
    async def _fill(self) -> None:
        if not self._is_filled:
            await self._spool.fill(self._collections, await self._surveyed(), self._session)
            self._is_filled = True

    def _all(self) -> Iterator[_Sized]:
        for document, length in self._spool.blog:
            yield read_blog(document), length
        for document, length in self._spool.users:
            yield read_user(document), length
        for document, length in self._spool.tokens:
            yield read_token(document["tokens"], document["_id"]), length
        yield from self._unowned(before_posts=True)
        owned = [_Owned(self._spool.comments, "post_id", self._read_comment)]
        others = self._spool.others
        owned += [_Owned(file, each.kind.owner, each.record) for each, file in others if each.kind.owner]
        for document, length in self._spool.posts:
            yield self._with_heir(read_post_record(document)), length
            for some in owned:
                yield from some.by(document["_id"])
        yield from self._unowned(before_posts=False)

    def _unowned(self, *, before_posts: bool) -> Iterator[_Sized]:
        """The records of other kinds without an owner, which come before or after the posts."""
        for each, file in self._spool.others:
            if each.kind.owner is None and (each.kind.name in _BEFORE_POSTS) is before_posts:
                for document, length in file:
                    yield self._with_known_author(each.record(document)), length

    def _with_known_author(self, record: Record) -> Record:
        """The record; a file without its author if that user was removed."""
        if not isinstance(record, MediaFile) or record.author is None:
            return record
        return record if self._spool.has_user(ObjectId(record.author.id)) else replace(record, author=None)

    def _with_heir(self, post: Post) -> Post:
        """The post, with the heir as its author if the author was removed."""
        if post.author is None:
            return post
        heir = self._spool.heir(ObjectId(post.author.id))
        return replace(post, author=None if heir is None else Author(id=Id(str(heir)), name=""))

    def _read_comment(self, document: CommentDocument) -> Comment:
        """The comment, without its author or editor if that user was removed."""
        comment = read_comment(document)
        if comment.author is not None and not self._spool.has_user(ObjectId(comment.author.id)):
            comment = replace(comment, author=None)
        if comment.editor_id is not None and not self._spool.has_user(ObjectId(comment.editor_id)):
            comment = replace(comment, editor_id=None)
        return comment


class _Owned:
    """Records that have an owner, sorted by owner, read owner by owner."""

    def __init__(self, file: DocumentFile, owner: str, read: Callable[[Any], Record]) -> None:
        self._documents = iter(file)
        self._head = next(self._documents, None)
        self._owner = owner
        self._read = read

    def by(self, owner: ObjectId) -> Iterator[_Sized]:
        """The records of the next owner."""
        while self._head is not None and self._head[0][self._owner] == owner:
            document, length = self._head
            yield self._read(document), length
            self._head = next(self._documents, None)
