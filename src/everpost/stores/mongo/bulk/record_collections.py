"""Collections with one document per record, for moving a whole blog."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bson import ObjectId
from pymongo import ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection

from everpost.domain.record_kinds.kinds import Kind
from everpost.domain.record_kinds.registry import MEDIA, PASSKEYS, REMOVED_COMMENTS, REVISIONS, WORKING_COPIES
from everpost.domain.records import Batch, Record
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.media import media_document, read_media
from everpost.stores.mongo.model.passkeys import passkey_document, read_passkey
from everpost.stores.mongo.model.removed_comments import read_removed_comment, removed_comment_document
from everpost.stores.mongo.model.revisions import read_revision, revision_document
from everpost.stores.mongo.model.working_copies import read_working_copy, working_copy_document

RecordT = TypeVar("RecordT", bound=Record)
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordCollection(Generic[RecordT]):
    """The collection of a kind of records. The `_id` is the record's id. The fields for the owner's id and
    for sorting are named as in the kind.
    """

    kind: Kind[RecordT]
    collection: AsyncCollection[Any]
    document: Callable[[RecordT], Document]
    record: Callable[[Document], RecordT]
    identifying: Sequence[str] = ("id",)
    """The fields of the kind in whose order the documents are by their `_id`."""
    taken: str | None = None
    """The name of a unique text field. If another document already has the value that is written, that
    document gets a placeholder.
    """

    @property
    def order(self) -> Mapping[str, int]:
        """The sort order for reading: by owner, then in the order of the kind."""
        names = [*filter(None, [self.kind.owner]), *self.kind.order]
        return {"_id" if name in self.identifying else name: 1 for name in names}

    async def write(self, batch: Batch, session: Session, *, erased_owners: Sequence[ObjectId]) -> None:
        """Erase and keep the records of this kind in the batch."""
        erased = [document["_id"] for document in self._documents(batch.erased)]
        if erased:
            await self.collection.delete_many({"_id": {"$in": erased}}, session=session)
        if self.kind.owner is not None and erased_owners:
            await self.collection.delete_many({self.kind.owner: {"$in": erased_owners}}, session=session)
        documents = self._documents(batch.kept)
        if not documents:
            return
        if self.taken is not None:
            named: Filter = {self.taken: {"$in": [document[self.taken] for document in documents]}}
            parked: Sequence[Filter] = [{"$set": {self.taken: {"$concat": ["~", {"$toString": "$_id"}]}}}]
            await self.collection.update_many(named, parked, session=session)
        writes = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
        await self.collection.bulk_write(writes, ordered=False, session=session)

    def _documents(self, records: Sequence[Record]) -> Sequence[Document]:
        return [self.document(record) for record in records if isinstance(record, self.kind.type)]


def removed_comment_collection(collections: Collections) -> RecordCollection[Any]:
    """The collection of removed comments."""
    return RecordCollection(
        kind=REMOVED_COMMENTS,
        collection=collections.removed_comments,
        document=removed_comment_document,
        record=read_removed_comment,
    )


def media_collection(collections: Collections) -> RecordCollection[Any]:
    """The collection of uploaded files."""
    return RecordCollection(
        kind=MEDIA,
        collection=collections.media,
        document=media_document,
        record=read_media,
        identifying=("digest",),
    )


def working_copy_collection(collections: Collections) -> RecordCollection[Any]:
    """The collection of working copies."""
    return RecordCollection(
        kind=WORKING_COPIES,
        collection=collections.working_copies,
        document=working_copy_document,
        record=read_working_copy,
    )


def revision_collection(collections: Collections) -> RecordCollection[Any]:
    """The collection of past states of posts."""
    return RecordCollection(
        kind=REVISIONS,
        collection=collections.revisions,
        document=revision_document,
        record=read_revision,
    )


def passkey_collection(collections: Collections) -> RecordCollection[Any]:
    """The collection of passkeys."""
    return RecordCollection(
        kind=PASSKEYS,
        collection=collections.passkeys,
        document=passkey_document,
        record=read_passkey,
    )
