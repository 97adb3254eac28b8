"""The port's `Passkeys` on MongoDB."""

from collections.abc import Sequence
from functools import partial

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.people.passkeys import OwnedPasskey, Passkey
from everpost.errors import Conflict, NotFound
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import PASSKEYS_OF_USER, Collections
from everpost.stores.mongo.model.documents import LIVING
from everpost.stores.mongo.model.passkeys import passkey_document, read_passkey
from everpost.stores.mongo.model.people import read_user
from everpost.stores.mongo.users import USER_FIELDS


class MongoPasskeys(Part):
    """Documents of their own. Those of a removed user are deleted with the user."""

    def __init__(self, collections: Collections, transactions: Transactions) -> None:
        self._passkeys = collections.passkeys
        self._users = collections.users
        self._transactions = transactions

    @reads
    async def find(self, id: Id) -> OwnedPasskey | None:
        document = await self._passkeys.find_one({"_id": ObjectId(id)})
        if document is None:
            return None
        owner = await self._users.find_one({"_id": document["user_id"], **LIVING}, USER_FIELDS)
        return None if owner is None else OwnedPasskey(passkey=read_passkey(document), owner=read_user(owner))

    @reads
    async def of_user(self, user_id: Id) -> Sequence[Passkey]:
        found = self._passkeys.find({"user_id": ObjectId(user_id)}).sort(PASSKEYS_OF_USER)
        return [read_passkey(document) async for document in found.hint(PASSKEYS_OF_USER)]

    @writes
    async def add(self, passkey: Passkey) -> None:
        try:
            await self._transactions.run(partial(self._add, passkey))
        except DuplicateKeyError as error:
            raise Conflict("passkey", "id") from error

    async def _add(self, passkey: Passkey, session: Session) -> None:
        # If the user is removed concurrently, `GarbageCollector` deletes the passkey later.
        owner = {"_id": ObjectId(passkey.user_id), **LIVING}
        if await self._users.find_one(owner, {"_id": 1}, session=session) is None:
            raise NotFound("user", passkey.user_id)
        await self._passkeys.insert_one(passkey_document(passkey), session=session)

    @writes
    async def remove(self, id: Id, *, user_id: Id) -> None:
        this = {"_id": ObjectId(id), "user_id": ObjectId(user_id)}
        if not (await self._passkeys.delete_one(this)).deleted_count:
            raise NotFound("passkey", id)
