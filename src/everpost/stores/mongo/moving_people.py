"""Writing the people of a blog that moves in: users with their tokens, and the settings."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo import ReplaceOne, UpdateOne

from everpost.domain.blog import Blog
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.stores.mongo.bulk import chunks, write_all
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.inheriting import Notary
from everpost.stores.mongo.people import BLOG, blog_document, token_entry, user_document

_OPTIONAL = ("disabled_at", "password_hash", "leaving")


class PeopleWriter:
    """Each write is of one document; all of them can be done again."""

    def __init__(self, collections: Collections, notary: Notary) -> None:
        self._posts = collections.posts
        self._users = collections.users
        self._blog = collections.blog
        self._notary = notary

    async def keep_settings(self, settings: Sequence[Blog]) -> None:
        await write_all(
            self._blog, [ReplaceOne({"_id": BLOG}, blog_document(each), upsert=True) for each in settings]
        )

    async def erase_users(self, users: Sequence[User]) -> None:
        """With their tokens; nothing is left to any of them, and nothing of theirs is somebody's."""
        for some in chunks([ObjectId(user.id) for user in users]):
            these = {"$in": list(some)}
            await self._posts.update_many({"author_id": these}, {"$unset": {"author_id": ""}})
            await self._users.update_many({"heir": these}, {"$unset": {"heir": ""}})
            await self._users.delete_many({"_id": these})

    async def keep_users(self, users: Sequence[User]) -> None:
        """As they are here; their tokens stay."""
        for some in chunks([ObjectId(user.id) for user in users]):
            removed = {"_id": {"$in": list(some)}, "removed_at": {"$exists": True}}
            for stub in await self._users.find(removed, {"_id": 1}).to_list():
                await self._notary.free(stub["_id"])
        await write_all(self._users, [_keep(user) for user in users], self._free)

    async def erase_tokens(self, tokens: Sequence[Token]) -> None:
        pulled = [
            UpdateOne({"_id": ObjectId(token.user_id)}, {"$pull": {"tokens": {"id": ObjectId(token.id)}}})
            for token in tokens
        ]
        await write_all(self._users, pulled)

    async def keep_tokens(self, tokens: Sequence[Token]) -> None:
        by_user: dict[ObjectId, list[Token]] = {}
        for token in tokens:
            by_user.setdefault(ObjectId(token.user_id), []).append(token)
        writes = [UpdateOne({"_id": user_id}, _with_tokens(some)) for user_id, some in by_user.items()]
        await write_all(self._users, writes, self._free)

    async def _free(self, taken: Filter) -> None:
        ((field, value),) = taken.items()
        if field.startswith("tokens."):
            entry = {field.removeprefix("tokens."): value}
            await self._users.update_many({field: value}, {"$pull": {"tokens": entry}})
        else:
            parked = {"$concat": ["~", {"$toString": "$_id"}]}
            await self._users.update_one({field: value}, [{"$set": {"email": parked, "email_key": parked}}])


def _keep(user: User) -> UpdateOne:
    document = user_document(user, is_first=False)
    fields = {name: value for name, value in document.items() if name not in ("_id", "tokens")}
    absent = {name: "" for name in _OPTIONAL if name not in fields}
    update = {"$set": fields, "$unset": absent, "$setOnInsert": {"tokens": []}}
    return UpdateOne({"_id": document["_id"]}, update, upsert=True)


def _with_tokens(tokens: Sequence[Token]) -> Sequence[Filter]:
    """The update that puts these in the place of those with their ids or digests, and at the end."""
    entries = [token_entry(token) for token in tokens]
    others = [
        {"$not": [{"$in": [f"$$this.{field}", {"$literal": [entry[field] for entry in entries]}]}]}
        for field in ("id", "digest")
    ]
    stay = {"$filter": {"input": "$tokens", "cond": {"$and": others}}}
    return [{"$set": {"tokens": {"$concatArrays": [stay, {"$literal": entries}]}}}]
