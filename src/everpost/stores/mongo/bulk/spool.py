"""A spool: the documents of a blog at one point in time, in temporary files."""

from array import array
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Any

import bson
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from everpost.domain.record_kinds.kinds import Kind
from everpost.domain.record_kinds.registry import COMMENTS, POSTS, SETTINGS, TOKENS, USERS
from everpost.domain.records import Counts
from everpost.stores.mongo.bulk.record_collections import RecordCollection
from everpost.stores.mongo.bulk.surveys import WITHOUT_PREVIEW, Survey
from everpost.stores.mongo.engine.connection import CODEC
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import IN_ORDER, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING

_KINDS: Sequence[Kind[Any]] = (SETTINGS, USERS, TOKENS, POSTS, COMMENTS)
"""The kinds that have a collection, or a list in a collection, of their own form."""
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_ID_LENGTH = 12
_LENGTH_LENGTH = 4
_BY_ID = {"_id": 1}
_AT_ONCE = 100
"""Documents of other kinds in a batch from the server."""
_DECODED = 64_000
"""Bytes of documents that are decoded at once, at least, except for the last ones."""


class DocumentFile:
    """Documents in an anonymous temporary file, in the order in which they were added."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._portions = array("L", [0])
        """The lengths in bytes of the portions that are decoded at once."""
        self.count = 0

    def put(self, documents: bytes) -> None:
        """Append concatenated documents, in the format in which the server sends them."""
        self._file.write(documents)
        at = 0
        while at < len(documents):
            length = int.from_bytes(documents[at : at + _LENGTH_LENGTH], "little")
            if self._portions[-1] >= _DECODED:
                self._portions.append(0)
            self._portions[-1] += length
            self.count += 1
            at += length

    async def fill(self, batches: AsyncIterator[Any]) -> None:
        """Append everything from a cursor of raw batches."""
        async for documents in batches:
            self.put(documents)

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        """Yield each document with its approximate length in bytes. Not for concurrent iteration."""
        self._file.seek(0)
        for length in filter(None, self._portions):
            documents = bson.decode_all(self._file.read(length), CODEC)
            for document in documents:
                yield document, length // len(documents)


class Spool:
    """All documents of a blog. MongoDB keeps a snapshot only for a few minutes, so everything is read at once
    and stored here, where a slow reader can take any time.
    """

    def __init__(self, others: Sequence[RecordCollection[Any]]) -> None:
        self._opened = ExitStack()
        self.blog, self.users, self.tokens, self.posts, self.comments = (self._new_file() for _ in range(5))
        self.others = [(each, self._new_file()) for each in others]
        self._living = bytearray()
        self._heirs: dict[ObjectId, ObjectId] = {}

    def close(self) -> None:
        self._opened.close()

    def count(self) -> Counts:
        files = (self.blog, self.users, self.tokens, self.posts, self.comments)
        counts = {kind.name: file.count for kind, file in zip(_KINDS, files, strict=True)}
        return counts | {each.kind.name: file.count for each, file in self.others}

    def has_user(self, id: ObjectId) -> bool:
        """Whether a user with this id exists and was not removed."""
        place = bisect_left(range(self.users.count), id.binary, key=self._user_at)
        return place < self.users.count and self._user_at(place) == id.binary

    def heir(self, id: ObjectId) -> ObjectId | None:
        """The owner of posts whose `author_id` is this user: the user or, if removed, the heir."""
        return id if self.has_user(id) else self._heirs.get(id)

    async def fill(self, collections: Collections, survey: Survey, session: Session) -> None:
        """Read all documents in the session."""
        await self.blog.fill(collections.blog.find_raw_batches({}, session=session))
        async for user in _raw(collections.users).find({}, session=session).sort(_BY_ID):
            if "removed_at" not in user:
                self.users.put(bytes(user.raw))
                self._living += user["_id"].binary
            elif "heir" in user:
                self._heirs[user["_id"]] = user["heir"]
        tokens: Sequence[Filter] = [
            {"$unwind": "$tokens"},
            {"$project": {"tokens": 1}},
            {"$sort": {"tokens.id": 1}},
        ]
        found = await collections.users.aggregate_raw_batches(tokens, allowDiskUse=True, session=session)
        await self.tokens.fill(found)
        posts = collections.posts.find_raw_batches(
            LIVING,
            WITHOUT_PREVIEW,
            session=session,
            batch_size=survey.posts_together,
        )
        await self.posts.fill(posts.sort(_BY_ID))
        removed = collections.posts.find({"removed_at": {"$exists": True}}, {"_id": 1}, session=session)
        gone = [post["_id"] async for post in removed]
        comments = collections.comments.find_raw_batches(
            {"post_id": {"$nin": gone}},
            session=session,
            batch_size=survey.comments_together,
        )
        await self.comments.fill(comments.hint(IN_ORDER).sort(IN_ORDER))
        for each, file in self.others:
            await self._fill_other(each, file, gone, session)

    async def _fill_other(
        self, each: RecordCollection[Any], file: DocumentFile, gone: Sequence[ObjectId], session: Session
    ) -> None:
        """Read the documents of another kind, without those that must belong to a removed post or user."""
        there: Filter = {} if each.kind.owner is None else {each.kind.owner: {"$nin": gone}}
        for field in _required_users(each.kind):
            there[field] = {"$nin": await self._removed_users(each.collection, field, session)}
        others = each.collection.find_raw_batches(
            there,
            session=session,
            allow_disk_use=True,
            batch_size=_AT_ONCE,
        )
        await file.fill(others.sort(each.order))

    async def _removed_users(
        self, collection: AsyncCollection[Any], field: str, session: Session
    ) -> Sequence[ObjectId]:
        """The users in this field who were removed: the garbage collector has not deleted these yet."""
        groups = await collection.aggregate([{"$group": {"_id": f"${field}"}}], session=session)
        return [group["_id"] async for group in groups if not self.has_user(group["_id"])]

    def _new_file(self) -> DocumentFile:
        return DocumentFile(self._opened.enter_context(TemporaryFile()))

    def _user_at(self, place: int) -> bytes:
        return bytes(self._living[place * _ID_LENGTH : (place + 1) * _ID_LENGTH])


def _required_users(kind: Kind[Any]) -> Iterator[str]:
    """The fields with the id of a user without whom records of this kind do not exist."""
    for name, referred in kind.references:
        if referred == USERS.name and not kind.fields[name].is_optional:
            yield name


def _raw(collection: AsyncCollection[Any]) -> AsyncCollection[RawBSONDocument]:
    return collection.with_options(codec_options=_RAW)
