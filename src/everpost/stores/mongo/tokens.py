"""The port's `Tokens` on MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.tokens import Token, TokenConditions, TokenQuery, displaced
from everpost.domain.people.users import User
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.batching import Batcher
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING
from everpost.stores.mongo.model.people import read_token, read_user, token_entry

_MOST_TOGETHER = 100
_OWNER: Filter = dict.fromkeys(
    ("name", "email", "role", "created_at", "updated_at", "version", "stamp", "disabled_at", "password_hash"),
    1,
)


class MongoTokens(Part):
    """Tokens, nested in the documents of their owners."""

    def __init__(self, collections: Collections, transactions: Transactions) -> None:
        self._users = collections.users
        self._transactions = transactions
        self._batcher = Batcher(self._find, most=_MOST_TOGETHER)

    @reads
    async def find(self, digest: str) -> tuple[Token, User] | None:
        return await self._batcher.load(digest)

    async def _find(self, digests: Sequence[str]) -> Sequence[tuple[Token, User] | None]:
        named: Filter = {"$filter": {"input": "$tokens", "cond": {"$in": ["$$this.digest", digests]}}}
        owners = self._users.find({"tokens.digest": {"$in": digests}}, _OWNER | {"tokens": named})
        found = {
            entry["digest"]: (read_token(entry, document["_id"]), read_user(document))
            for document in await owners.to_list()
            for entry in document["tokens"]
        }
        return [found.get(digest) for digest in digests]

    @reads
    async def page(self, query: TokenQuery) -> Page[Token]:
        """Reads all tokens of the user, which are in one document, and selects the page here."""
        owner = await self._read_owner(query.user_id)
        tokens = [] if owner is None else sorted(owner[1], key=lambda token: token.position)
        if query.after is not None:
            tokens = [token for token in tokens if token.position > query.after]
        return Page.of(tokens, query.limit)

    @reads
    async def last_uses(self, user_ids: Sequence[Id]) -> Mapping[Id, datetime]:
        named: Filter = {"_id": {"$in": list(map(ObjectId, user_ids))}}
        found: dict[Id, datetime] = {}
        async for owner in self._users.find(named, {"tokens.last_used_at": 1}):
            days = [day for token in owner["tokens"] if (day := token.get("last_used_at")) is not None]
            if days:
                found[Id(str(owner["_id"]))] = max(days)
        return found

    @writes
    async def add(self, token: Token, *, conditions: TokenConditions | None = None) -> None:
        try:
            await self._transactions.run(partial(self._add, token, conditions))
        except DuplicateKeyError as error:
            raise Conflict("token", "id") from error

    async def _add(self, token: Token, conditions: TokenConditions | None, session: Session) -> None:
        owner = await self._read_owner(token.user_id, session)
        if owner is None:
            raise NotFound("user", token.user_id)
        user, there = owner
        if conditions is not None and not conditions.hold(user, there):
            raise Stale("user", token.user_id)
        gone = displaced(there, token)
        # The unique indexes do not detect duplicates within one document.
        if any(token.id == each.id or token.digest == each.digest for each in there if each.id not in gone):
            raise Conflict("token", "id")
        this: Filter = {"_id": ObjectId(token.user_id)}
        if gone:
            ended = {"$pull": {"tokens": {"id": {"$in": list(map(ObjectId, gone))}}}}
            await self._users.update_one(this, ended, session=session)
        await self._users.update_one(this, {"$push": {"tokens": token_entry(token)}}, session=session)

    async def _read_owner(
        self, user_id: Id, session: Session | None = None
    ) -> tuple[User, Sequence[Token]] | None:
        document = await self._users.find_one(
            {"_id": ObjectId(user_id), **LIVING}, _OWNER | {"tokens": 1}, session=session
        )
        if document is None:
            return None
        return read_user(document), [read_token(entry, document["_id"]) for entry in document["tokens"]]

    @writes
    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        named: Filter = {"tokens.id": ObjectId(id)}
        if user_id is not None:
            named["_id"] = ObjectId(user_id)
        ended: Filter = {"$or": [{"id": ObjectId(id)}, {"login_id": ObjectId(id)}]}
        removed = await self._users.update_one(named, {"$pull": {"tokens": ended}})
        if removed.matched_count == 0:
            raise NotFound("token", id)

    @writes
    async def mark_used(self, id: Id, day: datetime) -> None:
        earlier: Sequence[Filter] = [{"last_used_at": {"$exists": False}}, {"last_used_at": {"$lt": day}}]
        token_id = ObjectId(id)
        await self._users.update_one(
            {"tokens.id": token_id, "tokens": {"$elemMatch": {"id": token_id, "$or": earlier}}},
            {"$set": {"tokens.$.last_used_at": day}},
        )
