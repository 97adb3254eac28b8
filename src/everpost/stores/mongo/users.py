"""The port's `Users` on MongoDB."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.blog import BlogChange
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.names import name_key
from everpost.domain.people.passkeys import Passkey
from everpost.domain.people.tokens import TokenKind
from everpost.domain.people.users import Revocation, Role, User, UserChange, UserQuery, email_key
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.errors import Conflict, Invalid, LastAdmin, NotFound, Stale
from everpost.stores.mongo.engine.errors import duplicate_field
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import USERS_BY_CREATION, Collections, Filter, beyond
from everpost.stores.mongo.model.documents import LIVING, matching
from everpost.stores.mongo.model.passkeys import passkey_document
from everpost.stores.mongo.model.people import UserDocument, read_user, user_document
from everpost.stores.mongo.settings import renew_names, save_settings

_ENABLED_ADMIN: Filter = {"role": Role.ADMIN.value, "disabled_at": {"$exists": False}, **LIVING}
USER_FIELDS: Filter = {"tokens": 0}
"""The projection of a user's document, without its tokens."""
_STANDING: Filter = {"role": 1, "disabled_at": 1}


class MongoUsers(Part):
    """Users, one document each, with their tokens nested in it."""

    def __init__(
        self, collections: Collections, transactions: Transactions, garbage: GarbageCollector
    ) -> None:
        self._users = collections.users
        self._collections = collections
        self._transactions = transactions
        self._garbage = garbage

    @reads
    async def get(self, id: Id) -> User:
        document = await self._users.find_one({"_id": ObjectId(id), **LIVING}, USER_FIELDS)
        if document is None:
            raise NotFound("user", id)
        return read_user(document)

    @reads
    async def find(self, email: str) -> User | None:
        document = await self._users.find_one({"email_key": email_key(email)}, USER_FIELDS)
        return None if document is None else read_user(document)

    @reads
    async def page(self, query: UserQuery) -> Page[User]:
        wanted = beyond(query.after, [dict(LIVING)], USERS_BY_CREATION)
        cursor = self._users.find(wanted, USER_FIELDS).hint(USERS_BY_CREATION).sort(USERS_BY_CREATION)
        documents = await cursor.limit(query.limit + 1).to_list()
        return Page.of([*map(read_user, documents)], query.limit)

    @writes
    async def add(self, user: User, *, is_first: bool = False) -> User:
        if is_first and await self._users.find_one({"email_key": {"$exists": True}}, {"_id": 1}):
            raise Conflict("user", "id")
        document = user_document(user, is_first=is_first)
        try:
            await self._transactions.run(partial(self._add, document))
        except DuplicateKeyError as error:
            by_id = duplicate_field(error) in ("_id", "first") or await self._exists({"_id": document["_id"]})
            raise Conflict("user", "id" if by_id else "email") from error
        return replace(user, stamp=document["stamp"])

    @writes
    async def save(self, id: Id, change: UserChange, *, match: ExpectedRevisions) -> User:
        try:
            return read_user(await self._transactions.run(partial(self._save, id, change, match)))
        except DuplicateKeyError as error:
            raise Conflict("user", "email") from error

    @writes
    async def set_up(
        self,
        id: Id,
        change: UserChange,
        *,
        blog: BlogChange,
        passkey: Passkey | None,
        match: ExpectedRevisions,
    ) -> User:
        async def work(session: Session) -> UserDocument:
            await save_settings(self._collections, blog, None, session)
            document = await self._save(id, change, match, session)
            if passkey is not None:
                await self._collections.passkeys.insert_one(passkey_document(passkey), session=session)
            return document

        try:
            return read_user(await self._transactions.run(work))
        except DuplicateKeyError as error:
            if duplicate_field(error) == "_id":
                raise Conflict("passkey", "id") from error
            raise Conflict("user", "email") from error

    @writes
    async def remove(self, id: Id, *, heir_id: Id | None, match: ExpectedRevisions) -> None:
        """Leaves an empty document with the heir, which readers resolve until `GarbageCollector` has written
        the heir into the posts.
        """
        await self._transactions.run(partial(self._remove, id, heir_id, match))
        self._garbage.collect_soon()

    async def _add(self, document: UserDocument, session: Session) -> None:
        await renew_names(self._collections, session)
        await self._users.insert_one(document, session=session)

    async def _save(
        self, id: Id, change: UserChange, match: ExpectedRevisions, session: Session
    ) -> UserDocument:
        if change.is_seen_in_posts or change.may_demote:
            await renew_names(self._collections, session)
        before = await self._users.find_one(_named(id, match), _STANDING, session=session)
        document = await self._users.find_one_and_update(
            _named(id, match),
            _update(change),
            projection=USER_FIELDS,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if before is None or document is None:
            raise await self._mismatch(id, session)
        await self._require_admin(before, session)
        return document

    async def _remove(self, id: Id, heir_id: Id | None, match: ExpectedRevisions, session: Session) -> None:
        await renew_names(self._collections, session)
        user_id, heir = ObjectId(id), None if heir_id is None else ObjectId(heir_id)
        stays: Filter = {"_id": "$_id", "removed_at": "$$NOW"}
        if heir is not None:
            stays["heir"] = {"$literal": heir}
        removal: Sequence[Filter] = [{"$replaceWith": stays}]
        before = await self._users.find_one_and_update(
            _named(id, match), removal, projection=_STANDING, session=session
        )
        if before is None:
            raise await self._mismatch(id, session)
        if heir is not None and not await self._exists({"_id": heir, **LIVING}, session):
            raise Invalid("heir_id", "should be the id of another user")
        # The heir also inherits what this user inherited.
        passed_on: Filter = {"$unset": {"heir": ""}} if heir is None else {"$set": {"heir": heir}}
        await self._users.update_many({"heir": user_id}, passed_on, session=session)
        for owned in self._collections.owned:
            await owned.delete_many({"user_id": user_id}, session=session)
        await self._require_admin(before, session)

    async def _require_admin(self, before: UserDocument, session: Session) -> None:
        """Raise LastAdmin if this was the last enabled admin."""
        was_admin = before["role"] == Role.ADMIN and "disabled_at" not in before
        if was_admin and not await self._exists(_ENABLED_ADMIN, session):
            raise LastAdmin

    async def _mismatch(self, id: Id, session: Session) -> NotFound | Stale:
        is_there = await self._exists(_named(id, None), session)
        return Stale("user", id) if is_there else NotFound("user", id)

    async def _exists(self, condition: Filter, session: Session | None = None) -> bool:
        return await self._users.find_one(condition, {"_id": 1}, session=session) is not None


def _named(id: Id, match: ExpectedRevisions) -> Filter:
    return {"_id": ObjectId(id), **LIVING, **matching(match)}


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
    tokens = _remaining_tokens(change)
    if tokens is not None:
        fields["tokens"] = tokens
    if change.is_disabled:
        fields["disabled_at"] = {"$ifNull": ["$disabled_at", change.updated_at]}
    enabled: Sequence[Filter] = [{"$unset": "disabled_at"}] if change.is_disabled is False else []
    return [{"$set": fields}, *enabled]


def _remaining_tokens(change: UserChange) -> Filter | Sequence[Filter] | None:
    """The tokens that remain valid; None: all of them."""
    if change.is_disabled:
        return []
    some = None if change.revocation is None else _unrevoked(change.revocation)
    if some is None and change.role is not None:
        is_same: Filter = {"$eq": ["$role", change.role.value]}
        some = {"$cond": [is_same, "$tokens", _unrevoked(Revocation())]}
    if change.is_disabled is None:
        return some
    was_enabled: Filter = {"$eq": [{"$type": "$disabled_at"}, "missing"]}
    return {"$cond": [was_enabled, "$tokens" if some is None else some, []]}


def _unrevoked(revocation: Revocation) -> Filter:
    """The tokens that are not revoked."""
    kept = None if revocation.kept_id is None else ObjectId(revocation.kept_id)
    login_id = {"$ifNull": ["$$this.login_id", None]}
    shown: Filter = {"$and": [{"$eq": ["$$this.id", kept]}, {"$ne": ["$$this.kind", TokenKind.FIRST.value]}]}
    stays: list[Filter] = [shown]
    if not revocation.named:
        is_named = {"$eq": ["$$this.kind", TokenKind.NAMED.value]}
        stays.append({"$and": [is_named, {"$in": [login_id, [None] if kept is None else [None, kept]]}]})
    return {"$filter": {"input": "$tokens", "cond": {"$or": stays}}}
