"""The port's `Users` on MongoDB."""

from collections.abc import Sequence
from dataclasses import replace

from bson import MaxKey, MinKey, ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.names import name_key
from everpost.domain.paging import Page
from everpost.domain.revisions import Match, new_stamp
from everpost.domain.tokens import TokenKind
from everpost.domain.users import Revocation, User, UserChange, UserQuery, email_key
from everpost.errors import Conflict, NotFound
from everpost.stores.mongo.authors import LIVING, Authors
from everpost.stores.mongo.collections import USERS_BY_CREATION, Collections, Filter, index_bound
from everpost.stores.mongo.departures import Departures
from everpost.stores.mongo.documents import matching
from everpost.stores.mongo.engine.errors import duplicate_field, translated
from everpost.stores.mongo.inheriting import Notary
from everpost.stores.mongo.people import BLOG, UserDocument, read_user, user_document
from everpost.stores.mongo.sweeping import Sweeper

_FIELDS: Filter = {"tokens": 0}


class MongoUsers:
    """Users, each one a document with the tokens in it."""

    def __init__(self, collections: Collections, authors: Authors, notary: Notary, sweeper: Sweeper) -> None:
        self._users = collections.users
        self._blog = collections.blog
        self._departures = Departures(collections, authors)
        self._notary = notary
        self._sweeper = sweeper

    @translated
    async def get(self, id: Id) -> User:
        document = await self._users.find_one({"_id": ObjectId(id), **LIVING}, _FIELDS)
        if document is None:
            raise NotFound("user", id)
        return read_user(document)

    @translated
    async def find(self, email: str) -> User | None:
        document = await self._users.find_one({"email_key": email_key(email)}, _FIELDS)
        return None if document is None else read_user(document)

    @translated
    async def page(self, query: UserQuery) -> Page[User]:
        wanted: Filter = dict(LIVING)
        first: tuple[object, object] = (MinKey(), MinKey())
        if query.after is not None:
            first = (query.after.moment, ObjectId(query.after.id))
            wanted["_id"] = {"$ne": first[1]}
        cursor = self._users.find(wanted, _FIELDS).hint(USERS_BY_CREATION).sort(USERS_BY_CREATION)
        cursor.min(index_bound(USERS_BY_CREATION, *first))
        cursor.max(index_bound(USERS_BY_CREATION, MaxKey(), MaxKey()))
        documents = await cursor.limit(query.limit + 1).to_list()
        rows = tuple(map(read_user, documents[: query.limit]))
        return Page(rows, has_more=len(documents) > query.limit)

    @translated
    async def add(self, user: User, *, is_first: bool = False) -> User:
        if is_first and await self._users.find_one({"email_key": {"$exists": True}}, {"_id": 1}):
            raise Conflict("user", "id")
        document = user_document(user, is_first=is_first)
        await self._notary.free(document["_id"])
        try:
            await self._users.insert_one(document)
        except DuplicateKeyError as error:
            by_id = duplicate_field(error) in ("_id", "first") or await self._exists(document["_id"])
            raise Conflict("user", "id" if by_id else "email") from error
        await self._renew_names()
        return replace(user, stamp=document["stamp"])

    @translated
    async def save(self, id: Id, change: UserChange, *, match: Match) -> User:
        async def write(condition: Filter) -> UserDocument | None:
            return await self._users.find_one_and_update(
                condition,
                _update(change),
                projection=_FIELDS,
                return_document=ReturnDocument.AFTER,
            )

        document: UserDocument | None
        try:
            if change.may_demote:
                document = await self._departures.depart(id, match, write)
            else:
                document = await write({"_id": ObjectId(id), **LIVING, **matching(match)})
        except DuplicateKeyError as error:
            raise Conflict("user", "email") from error
        if document is None:
            raise await self._departures.unchanged(id)
        if change.is_seen_in_posts:
            await self._renew_names()
        return read_user(document)

    @translated
    async def remove(self, id: Id, *, heir_id: Id | None, match: Match) -> None:
        """From one write on, the last of these, the posts are the heir's, whatever they say."""
        left: Filter = {"_id": "$_id", "removed_at": "$$NOW"}
        if heir_id is not None:
            left["heir"] = {"$literal": ObjectId(heir_id)}

        async def write(condition: Filter) -> bool | None:
            removed = await self._users.update_one(condition, [{"$replaceWith": left}])
            return True if removed.matched_count == 1 else None

        await self._departures.depart(id, match, write, heir_id=heir_id)
        await self._renew_names()
        self._sweeper.hand_over_soon(ObjectId(id))

    async def _renew_names(self) -> None:
        await self._blog.update_one({"_id": BLOG}, {"$set": {"names_stamp": new_stamp()}})

    async def _exists(self, id: ObjectId) -> bool:
        return await self._users.find_one({"_id": id}, {"_id": 1}) is not None


def _update(change: UserChange) -> Sequence[Filter]:
    values: Filter = {
        "updated_at": change.updated_at,
        "name": change.name,
        "name_key": None if change.name is None else name_key(change.name),
        "email": change.email,
        "email_key": None if change.email is None else email_key(change.email),
        "role": None if change.role is None else change.role.value,
        "password_hash": change.password_hash,
    }
    fields: Filter = {name: {"$literal": value} for name, value in values.items() if value is not None}
    fields["version"] = {"$add": ["$version", 1]}
    fields["stamp"] = new_stamp()
    tokens = _lasting(change)
    if tokens is not None:
        fields["tokens"] = tokens
    if change.is_disabled:
        fields["disabled_at"] = {"$ifNull": ["$disabled_at", change.updated_at]}
    enabled: Sequence[Filter] = [{"$unset": "disabled_at"}] if change.is_disabled is False else []
    settled: Sequence[Filter] = [{"$unset": "leaving"}] if change.may_demote else []
    return [{"$set": fields}, *enabled, *settled]


def _lasting(change: UserChange) -> Filter | Sequence[Filter] | None:
    """The tokens that stay; None where all of them do."""
    if change.is_disabled:
        return []
    some = None if change.revocation is None else _unrevoked(change.revocation)
    if change.is_disabled is None:
        return some
    was_enabled: Filter = {"$eq": [{"$type": "$disabled_at"}, "missing"]}
    return {"$cond": [was_enabled, "$tokens" if some is None else some, []]}


def _unrevoked(revocation: Revocation) -> Filter:
    """The tokens that do not end."""
    kept = None if revocation.kept_id is None else ObjectId(revocation.kept_id)
    login_id = {"$ifNull": ["$$this.login_id", None]}
    shown: Filter = {"$and": [{"$eq": ["$$this.id", kept]}, {"$ne": ["$$this.kind", TokenKind.FIRST.value]}]}
    stays: list[Filter] = [shown]
    if not revocation.named:
        is_named = {"$eq": ["$$this.kind", TokenKind.NAMED.value]}
        stays.append({"$and": [is_named, {"$in": [login_id, [None] if kept is None else [None, kept]]}]})
    return {"$filter": {"input": "$tokens", "cond": {"$or": stays}}}
