"""The port's `Tokens` on MongoDB."""

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.errors import Conflict, NotFound
from everpost.stores.mongo.authors import LIVING
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.errors import translated
from everpost.stores.mongo.people import read_token, read_user, token_entry
from everpost.stores.turns import Turns

_MOST_TOGETHER = 100
_OWNER: Filter = dict.fromkeys(
    ("name", "email", "role", "created_at", "updated_at", "version", "disabled_at", "password_hash"),
    1,
)


class MongoTokens:
    """Tokens, nested in the documents of their owners."""

    def __init__(self, collections: Collections) -> None:
        self._users = collections.users
        self._turns = Turns(self._find, most=_MOST_TOGETHER)

    @translated
    async def find(self, digest: str) -> tuple[Token, User] | None:
        return await self._turns.ask(digest)

    async def _find(self, digests: Sequence[str]) -> Sequence[tuple[Token, User] | None]:
        named: Filter = {"$filter": {"input": "$tokens", "cond": {"$in": ["$$this.digest", digests]}}}
        owners = self._users.find({"tokens.digest": {"$in": digests}}, _OWNER | {"tokens": named})
        found = {
            entry["digest"]: (read_token(entry, document["_id"]), read_user(document))
            for document in await owners.to_list()
            for entry in document["tokens"]
        }
        return [found.get(digest) for digest in digests]

    @translated
    async def of_user(self, user_id: Id) -> Sequence[Token]:
        document = await self._users.find_one({"_id": ObjectId(user_id), **LIVING}, {"tokens": 1})
        entries = [] if document is None else document["tokens"]
        tokens = [read_token(entry, ObjectId(user_id)) for entry in entries]
        return sorted(tokens, key=lambda token: (token.created_at, token.id))

    @translated
    async def add(self, token: Token) -> None:
        user_id, entry = ObjectId(token.user_id), token_entry(token)
        # The unique indexes compare documents, not what is nested in one.
        unused: Filter = {"tokens.id": {"$ne": entry["id"]}, "tokens.digest": {"$ne": entry["digest"]}}
        expires_at = {"$ifNull": ["$$this.expires_at", None]}
        lasting = {"$or": [{"$eq": [expires_at, None]}, {"$gt": [expires_at, token.created_at]}]}
        kept = {"$filter": {"input": "$tokens", "cond": lasting}}
        try:
            added = await self._users.update_one(
                {"_id": user_id, **LIVING, **unused},
                [{"$set": {"tokens": {"$concatArrays": [kept, {"$literal": [entry]}]}}}],
            )
        except DuplicateKeyError as error:
            raise Conflict("token", "id") from error
        if added.matched_count == 0:
            user = await self._users.find_one({"_id": user_id, **LIVING}, {"_id": 1})
            raise NotFound("user", token.user_id) if user is None else Conflict("token", "id")

    @translated
    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        named: Filter = {"tokens.id": ObjectId(id)}
        if user_id is not None:
            named["_id"] = ObjectId(user_id)
        removed = await self._users.update_one(named, {"$pull": {"tokens": {"id": ObjectId(id)}}})
        if removed.matched_count == 0:
            raise NotFound("token", id)

    @translated
    async def mark_used(self, id: Id, day: datetime) -> None:
        earlier: Sequence[Filter] = [{"last_used_at": {"$exists": False}}, {"last_used_at": {"$lt": day}}]
        token_id = ObjectId(id)
        await self._users.update_one(
            {"tokens.id": token_id, "tokens": {"$elemMatch": {"id": token_id, "$or": earlier}}},
            {"$set": {"tokens.$.last_used_at": day}},
        )
