"""The port's `Media` on MongoDB."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.media.files import MediaChange, MediaFile, MediaQuery, MediaUse, media_id
from everpost.domain.paging import Page
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Conflict, EverpostError, Forbidden, InUse, Invalid, NotFound, Stale
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import (
    MEDIA_BY_CREATION,
    Collections,
    Filter,
    beyond,
)
from everpost.stores.mongo.model.documents import matching
from everpost.stores.mongo.model.media import (
    media_document,
    media_update,
    read_media,
    read_use,
)
from everpost.stores.mongo.queries.authors import AuthorNames

_STATE: Filter = {"author_id": 1, "version": 1, "stamp": 1}


class MongoMedia(Part):
    """Files, one document each. The documents of posts list the files that they use."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: AuthorNames) -> None:
        self._media = collections.media
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors

    @reads
    async def get(self, id: Id) -> MediaFile:
        document = await self._media.find_one({"_id": ObjectId(id)})
        if document is None:
            raise NotFound("file", id)
        return await self._named(document)

    @reads
    async def find(self, digests: Sequence[str]) -> Mapping[str, MediaFile]:
        these = {"$in": [ObjectId(media_id(digest)) for digest in digests]}
        documents = await self._media.find({"_id": these}).to_list()
        files = await self._authors.name_media([*map(read_media, documents)])
        wanted = set(digests)
        return {file.digest: file for file in files if file.digest in wanted}

    @reads
    async def page(self, query: MediaQuery) -> Page[tuple[MediaFile, datetime | None]]:
        wanted = beyond(query.after, _wanted(query), MEDIA_BY_CREATION, descending=True)
        found = self._media.find(wanted).hint(_index(query)).sort([("created_at", -1), ("_id", -1)])
        documents = await found.limit(query.limit + 1).to_list()
        files = await self._authors.name_media([*map(read_media, documents)])
        released = (document.get("released_at") for document in documents)
        return Page.of([*zip(files, released, strict=True)], query.limit)

    @reads
    async def uses(self, id: Id, *, limit: int) -> Sequence[MediaUse]:
        found = self._posts.find({"media": ObjectId(id)}, {"title": 1, "slug": 1})
        return [*map(read_use, await found.sort("_id", 1).limit(limit).to_list())]

    @reads
    async def is_public(self, digest: str, moment: datetime) -> bool:
        public: Filter = {
            "media": ObjectId(media_id(digest)),
            "status": PostStatus.PUBLISHED.value,
            "publication_date": {"$lte": moment},
        }
        return await self._posts.find_one(public, {"_id": 1}) is not None

    @writes
    async def add(self, file: MediaFile) -> MediaFile:
        document = media_document(file)
        # If the author is removed concurrently, the file reads as one without an author.
        if "author_id" in document and not await self._authors.is_user(document["author_id"]):
            if await self._media.find_one({"_id": document["_id"]}, {"_id": 1}) is not None:
                raise Conflict("file", "digest")
            raise Invalid("author_id", "should be the id of a user")
        try:
            await self._media.insert_one(document)
        except DuplicateKeyError as error:
            raise Conflict("file", "digest") from error
        return await self._named(document)

    @writes
    async def save(
        self, id: Id, change: MediaChange, *, match: ExpectedRevisions, owner_id: Id | None = None
    ) -> MediaFile:
        document = await self._media.find_one_and_update(
            _these(id, match, owner_id), media_update(change), return_document=ReturnDocument.AFTER
        )
        if document is None:
            raise await self._mismatch(id, owner_id)
        return await self._named(document)

    @writes
    async def remove(self, id: Id, *, match: ExpectedRevisions, owner_id: Id | None = None) -> None:
        if not await self._transactions.run(partial(self._remove, _these(id, match, owner_id))):
            raise await self._mismatch(id, owner_id)

    @writes
    async def remove_unused(
        self, before: datetime, *, limit: int, keep: Collection[str] = ()
    ) -> Sequence[str]:
        since: Filter = {"released_at": {"$lte": before}}
        found = self._media.find({**since, "digest": {"$nin": list(keep)}}, {"digest": 1})
        removed: list[str] = []
        for document in await found.sort([("released_at", 1), ("_id", 1)]).limit(limit).to_list():
            with suppress(InUse):  # a post may just have begun to use it
                if await self._transactions.run(partial(self._remove, {"_id": document["_id"], **since})):
                    removed.append(document["digest"])
        return removed

    async def _remove(self, these: Filter, session: Session) -> bool:
        """Remove the file that meets the condition, if there is one. Raises InUse.

        A post that begins to use the file at the same time writes to its document.
        """
        document = await self._media.find_one_and_delete(these, {"_id": 1}, session=session)
        if document is None:
            return False
        if await self._posts.find_one({"media": document["_id"]}, {"_id": 1}, session=session) is not None:
            raise InUse
        return True

    async def _mismatch(self, id: Id, owner_id: Id | None) -> EverpostError:
        """The error for a file that did not have the required revision or owner."""
        document = await self._media.find_one({"_id": ObjectId(id)}, _STATE)
        if document is None:
            return NotFound("file", id)
        if owner_id is not None and document.get("author_id") != ObjectId(owner_id):
            return Forbidden("Another user uploaded this file.")
        return Stale("file", id)

    async def _named(self, document: Mapping[str, Any]) -> MediaFile:
        (file,) = await self._authors.name_media([read_media(document)])
        return file


def _these(id: Id, match: ExpectedRevisions, owner_id: Id | None) -> Filter:
    """The condition for the file, in one of these revisions, of this owner."""
    owned: Filter = {} if owner_id is None else {"author_id": ObjectId(owner_id)}
    return {"_id": ObjectId(id), **owned, **matching(match)}


def _wanted(query: MediaQuery) -> Sequence[Filter]:
    """The conditions of which a file of the list meets one."""
    common: Filter = {} if query.name is None else {"name": {"$regex": re.escape(query.name)}}
    if query.unused is not None:
        common["released_at"] = {"$exists": query.unused}
    return [{"type": type_.value, **common} for type_ in query.types] or [common]


def _index(query: MediaQuery) -> str:
    """The name of the index that is in the order of the list."""
    if query.unused:
        return "unused"
    return "by_type" if query.types else "by_creation"
