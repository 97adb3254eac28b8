"""Authors of posts and comments, which are looked up on reading: documents store only the ids of users."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, TypeVar

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile
from everpost.domain.people.users import Author
from everpost.domain.posts import Post
from everpost.stores.batching import Batcher
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import (
    LIVING,
    CommentDocument,
    PostDocument,
    read_comment,
    read_post,
)
from everpost.stores.mongo.model.people import UserDocument

Written = TypeVar("Written", Comment, MediaFile)
_MOST_TOGETHER = 100
NAMES: Filter = {"name": 1, "disabled_at": 1, "removed_at": 1, "heir": 1}


class AuthorNames:
    """Looks up all names for a response at once. The posts of a removed user belong to the heir."""

    def __init__(self, collections: Collections) -> None:
        self._users = collections.users
        self._batcher = Batcher(self._find_all, most=_MOST_TOGETHER)

    async def name_posts(self, posts: Sequence[Post], *, session: Session | None = None) -> Sequence[Post]:
        """The posts, and the comments in them, with the current names of their authors."""
        ids = {post.author.id for post in posts if post.author is not None}
        ids |= {each.author.id for post in posts for each in post.comments if each.author is not None}
        return _named_posts(posts, await self._find(map(ObjectId, ids), session))

    async def name_comments(self, comments: Sequence[Comment]) -> Sequence[Comment]:
        """The comments with the current names of their authors."""
        ids = {comment.author.id for comment in comments if comment.author is not None}
        found = await self._find(map(ObjectId, ids))
        return [_named(comment, found) for comment in comments]

    async def name_media(self, files: Sequence[MediaFile]) -> Sequence[MediaFile]:
        """The files with the current names of their authors."""
        ids = {file.author.id for file in files if file.author is not None}
        found = await self._find(map(ObjectId, ids))
        return [_named(file, found) for file in files]

    async def people(self, ids: Iterable[Id]) -> Mapping[Id, Author]:
        """These users with their current names, without those who were removed."""
        found = await self._find(map(ObjectId, ids))
        authors = (_author(document) for document in found.values() if "removed_at" not in document)
        return {author.id: author for author in authors}

    def joined(self, field: str) -> Filter:
        """A pipeline stage that joins, as `users`, the users in this field and their heirs."""
        names = {"$project": NAMES}
        of_users = {"from": self._users.name, "foreignField": "_id"}
        heirs = {"$lookup": {**of_users, "localField": "heir", "pipeline": [names], "as": "heirs"}}
        return {"$lookup": {**of_users, "localField": field, "pipeline": [names, heirs], "as": "users"}}

    async def is_user(self, id: ObjectId) -> bool:
        """Whether the user exists and was not removed."""
        found = await self._find([id])
        return id in found and "removed_at" not in found[id]

    async def predecessors(self, id: ObjectId, *, session: Session | None = None) -> Sequence[ObjectId]:
        """The user and all removed users whose posts this user inherited; empty if the user does not exist.
        To find the posts of all of them, read users and posts in one snapshot.
        """
        wanted: Filter = {"$or": [{"_id": id, **LIVING}, {"heir": id}]}
        found = [
            each["_id"] for each in await self._users.find(wanted, {"_id": 1}, session=session).to_list()
        ]
        return found if id in found else []

    async def _find(
        self, ids: Iterable[ObjectId], session: Session | None = None
    ) -> Mapping[ObjectId, UserDocument]:
        """The documents of these users and their heirs, and possibly of others."""
        wanted = frozenset(ids)
        if not wanted:
            return {}
        return await (self._batcher.load(wanted) if session is None else self._read(wanted, session))

    async def _find_all(
        self, questions: Sequence[frozenset[ObjectId]]
    ) -> Sequence[Mapping[ObjectId, UserDocument]]:
        return [await self._read(frozenset().union(*questions), None)] * len(questions)

    async def _read(
        self, ids: AbstractSet[ObjectId], session: Session | None
    ) -> Mapping[ObjectId, UserDocument]:
        found: dict[ObjectId, UserDocument] = {}
        while ids:
            documents = self._users.find({"_id": {"$in": list(ids)}}, NAMES, session=session)
            found |= {document["_id"]: document for document in await documents.to_list()}
            ids = {document["heir"] for document in found.values() if "heir" in document} - found.keys() - ids
        return found


def _successor(id: ObjectId, found: Mapping[ObjectId, UserDocument]) -> UserDocument | None:
    """The user or, if removed, the heir."""
    document = found.get(id)
    if document is not None and "removed_at" in document:
        document = found.get(document["heir"]) if "heir" in document else None
    return document


def named_posts(documents: Iterable[PostDocument]) -> Sequence[Post]:
    """The posts in documents that were joined with their authors by `AuthorNames.joined`."""
    joined: Sequence[Any] = list(documents)
    users = [user for document in joined for user in document["users"]]
    found = {user["_id"]: user for each in users for user in (each, *each["heirs"])}
    return _named_posts([read_post(document) for document in joined], found)


def named_comments(documents: Iterable[CommentDocument], users: Iterable[UserDocument]) -> Sequence[Comment]:
    """The comments, with those of these users who wrote them as authors."""
    found = {user["_id"]: user for user in users}
    return [_named(read_comment(document), found) for document in documents]


def _named_posts(posts: Sequence[Post], found: Mapping[ObjectId, UserDocument]) -> Sequence[Post]:
    return [
        replace(
            post,
            author=_author_of_post(post.author, found),
            comments=tuple(_named(comment, found) for comment in post.comments),
        )
        for post in posts
    ]


def _author_of_post(author: Author | None, found: Mapping[ObjectId, UserDocument]) -> Author | None:
    document = None if author is None else _successor(ObjectId(author.id), found)
    return None if document is None else _author(document)


def _named(written: Written, found: Mapping[ObjectId, UserDocument]) -> Written:
    """The comment or file with the name of its author; without an author if that user was removed."""
    if written.author is None:
        return written
    document = found.get(ObjectId(written.author.id))
    is_gone = document is None or "removed_at" in document
    return replace(written, author=None if document is None or is_gone else _author(document))


def _author(document: UserDocument) -> Author:
    return Author(id=Id(str(document["_id"])), name=document["name"], is_disabled="disabled_at" in document)
