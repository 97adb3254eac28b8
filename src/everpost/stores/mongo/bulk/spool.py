"""Documents of a blog as they were at one moment, set aside in temporary files."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Any

import bson
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Counts
from everpost.stores.mongo.bulk.record_collections import RecordCollection
from everpost.stores.mongo.engine.connection import CODEC
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import IN_ORDER, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_ID_LENGTH = 12
_LENGTH_LENGTH = 4
_BY_ID = {"_id": 1}


class Pile:
    """Documents in a file that has no name, in the order in which they came."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0

    def put(self, document: RawBSONDocument) -> None:
        self._file.write(document.raw)
        self.count += 1

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        """Each document, and its length. Only one at a time may iterate."""
        self._file.seek(0)
        while start := self._file.read(_LENGTH_LENGTH):
            length = int.from_bytes(start, "little")
            yield bson.decode(start + self._file.read(length - _LENGTH_LENGTH), CODEC), length


class Spool:
    """All that counts of a blog. MongoDB keeps only a few minutes of its past, so this reads it all at once,
    however long it is read from here.
    """

    def __init__(self, others: Sequence[RecordCollection[Any]]) -> None:
        self._opened = ExitStack()
        self.blog, self.users, self.tokens, self.posts, self.comments = (self._pile() for _ in range(5))
        self.others = [(each, self._pile()) for each in others]
        self._living = bytearray()
        self._heirs: dict[ObjectId, ObjectId] = {}

    def close(self) -> None:
        self._opened.close()

    def count(self) -> Counts:
        piles = (self.blog, self.users, self.tokens, self.posts, self.comments)
        counts = {kind.name: pile.count for kind, pile in zip(KINDS, piles, strict=True)}
        return counts | {each.kind.name: pile.count for each, pile in self.others}

    def has_user(self, id: ObjectId) -> bool:
        """Whether this is a user, who was not removed."""
        place = bisect_left(range(self.users.count), id.binary, key=self._user_at)
        return place < self.users.count and self._user_at(place) == id.binary

    def heir(self, id: ObjectId) -> ObjectId | None:
        """Whose the posts are that name this user."""
        return id if self.has_user(id) else self._heirs.get(id)

    async def fill(self, collections: Collections, session: Session) -> None:
        """Read everything in the session."""
        await self._read(self.blog, collections.blog, {}, session)
        async for user in _raw(collections.users).find({}, session=session).sort(_BY_ID):
            if "removed_at" not in user:
                self.users.put(user)
                self._living += user["_id"].binary
            elif "heir" in user:
                self._heirs[user["_id"]] = user["heir"]
        tokens: Sequence[Filter] = [
            {"$unwind": "$tokens"},
            {"$project": {"tokens": 1}},
            {"$sort": {"tokens.id": 1}},
        ]
        async for token in await _raw(collections.users).aggregate(
            tokens, allowDiskUse=True, session=session
        ):
            self.tokens.put(token)
        await self._read(self.posts, collections.posts, LIVING, session)
        removed = collections.posts.find({"removed_at": {"$exists": True}}, {"_id": 1}, session=session)
        gone = [post["_id"] async for post in removed]
        comments = _raw(collections.comments).find({"post_id": {"$nin": gone}}, session=session)
        async for comment in comments.hint(IN_ORDER).sort(IN_ORDER):
            self.comments.put(comment)
        for each, pile in self.others:
            there: Filter = {} if each.kind.owner is None else {each.kind.owner: {"$nin": gone}}
            found = _raw(each.collection).find(there, session=session, allow_disk_use=True)
            async for document in found.sort(each.order):
                pile.put(document)

    async def _read(
        self, pile: Pile, collection: AsyncCollection[Any], wanted: Mapping[str, object], session: Session
    ) -> None:
        async for document in _raw(collection).find(wanted, session=session).sort(_BY_ID):
            pile.put(document)

    def _pile(self) -> Pile:
        return Pile(self._opened.enter_context(TemporaryFile()))

    def _user_at(self, place: int) -> bytes:
        return bytes(self._living[place * _ID_LENGTH : (place + 1) * _ID_LENGTH])


def _raw(collection: AsyncCollection[Any]) -> AsyncCollection[RawBSONDocument]:
    return collection.with_options(codec_options=_RAW)
