"""Bulk writer for users, their tokens and the settings of a blog that is moved into this database."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo import UpdateOne

from everpost.domain.blog import Blog
from everpost.domain.people.tokens import Token
from everpost.domain.people.users import User
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING
from everpost.stores.mongo.model.people import BLOG, blog_document, token_entry, user_document

_OPTIONAL = ("disabled_at", "password_hash")


class PeopleWriter:
    """Writes batches in transactions. Only erasing users, which can change any number of posts, runs outside
    of them.
    """

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._users = collections.users
        self._owned = collections.owned
        self._blog = collections.blog

    async def erase_users(self, users: Sequence[User]) -> None:
        """Remove these users with everything that they own, also as authors of posts and as heirs."""
        these = {"$in": [ObjectId(user.id) for user in users]}
        await self._posts.update_many({"author_id": these}, {"$unset": {"author_id": ""}})
        await self._users.update_many({"heir": these}, {"$unset": {"heir": ""}})
        for owned in self._owned:
            await owned.delete_many({"user_id": these})
        removal: Sequence[Filter] = [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}]
        await self._users.update_many({"_id": these, **LIVING}, removal)

    async def keep_settings(self, settings: Sequence[Blog], session: Session) -> None:
        for blog in settings:
            await self._blog.replace_one({"_id": BLOG}, blog_document(blog), upsert=True, session=session)

    async def add_users(self, users: Sequence[User], session: Session) -> None:
        """Insert these users. Raises BulkWriteError if some exist already."""
        documents = [user_document(user, is_first=False) for user in users]
        await self._users.insert_many(documents, ordered=False, session=session)

    async def keep_users(self, users: Sequence[User], session: Session) -> None:
        """Write these users exactly as given, except for their tokens, which do not change."""
        writes = [_keep(user) for user in users]
        addresses = [user_document(user, is_first=False)["email_key"] for user in users]
        parked = {"$concat": ["~", {"$toString": "$_id"}]}
        parking: Sequence[Filter] = [{"$set": {"email": parked, "email_key": parked}}]
        await self._users.update_many({"email_key": {"$in": addresses}}, parking, session=session)
        await self._users.bulk_write(writes, ordered=False, session=session)

    async def erase_tokens(self, tokens: Sequence[Token], session: Session) -> None:
        await self._pull("id", [ObjectId(token.id) for token in tokens], session)

    async def keep_tokens(self, tokens: Sequence[Token], session: Session) -> None:
        """Write these tokens. They replace tokens with the same ids or digests."""
        by_user: dict[ObjectId, list[object]] = {}
        for token in tokens:
            by_user.setdefault(ObjectId(token.user_id), []).append(token_entry(token))
        await self.erase_tokens(tokens, session)
        await self._pull("digest", [token.digest for token in tokens], session)
        writes = [
            UpdateOne({"_id": user_id}, {"$push": {"tokens": {"$each": entries}}})
            for user_id, entries in by_user.items()
        ]
        await self._users.bulk_write(writes, ordered=False, session=session)

    async def _pull(self, field: str, values: Sequence[object], session: Session) -> None:
        these = {"$in": list(values)}
        pulled = {"$pull": {"tokens": {field: these}}}
        await self._users.update_many({f"tokens.{field}": these}, pulled, session=session)


def _keep(user: User) -> UpdateOne:
    document = user_document(user, is_first=False)
    fields = {name: value for name, value in document.items() if name not in ("_id", "tokens")}
    absent = {name: "" for name in _OPTIONAL if name not in fields}
    update = {"$set": fields, "$unset": absent, "$setOnInsert": {"tokens": []}}
    return UpdateOne({"_id": document["_id"]}, update, upsert=True)
