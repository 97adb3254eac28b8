"""The port's `Revisions` on MongoDB, and the history that changes of posts keep."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import PostChange, PostStatus
from everpost.domain.writing.history import (
    MAX_REVISIONS,
    Editing,
    KeptRevision,
    PostRevision,
    changes_history,
    is_new_text,
    revision_id,
    superfluous,
)
from everpost.errors import NotFound
from everpost.stores.mongo.engine.leadership import Part, reads
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import REVISIONS_OF_POST, Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument, post_projection
from everpost.stores.mongo.model.revisions import read_revision, state_document
from everpost.stores.mongo.queries.authors import AuthorNames

_PAST_ALL = 2**31 - 1


class MongoRevisions(Part):
    """Documents of their own, which the garbage collector deletes with the post."""

    def __init__(self, collections: Collections, authors: AuthorNames) -> None:
        self._revisions = collections.revisions
        self._posts = collections.posts
        self._authors = authors

    @reads
    async def current(self, post_id: Id) -> PostRevision:
        named: Filter = {"_id": ObjectId(post_id), **LIVING}
        post = await self._posts.find_one(named, post_projection(0))
        if post is None:
            raise NotFound("post", post_id)
        return (await self._named([state_document(post)]))[0]

    @reads
    async def get(self, post_id: Id, number: int) -> PostRevision:
        document = await self._revisions.find_one({"_id": revision_id(post_id, number)})
        if document is None or not await self._has_post(post_id):
            raise NotFound("revision", str(number))
        return (await self._named([document]))[0]

    @reads
    async def page(self, post_id: Id, *, limit: int, before: int | None = None) -> Page[PostRevision]:
        if not await self._has_post(post_id):
            return Page((), has_more=False)
        wanted = {"post_id": ObjectId(post_id), "number": {"$lt": _PAST_ALL if before is None else before}}
        found = self._revisions.find(wanted, {"content": 0}).sort([("post_id", -1), ("number", -1)])
        documents = await found.limit(limit + 1).hint(REVISIONS_OF_POST).to_list()
        return Page.of(await self._named(documents), limit)

    async def _has_post(self, id: Id) -> bool:
        return await self._posts.find_one({"_id": ObjectId(id), **LIVING}, {"_id": 1}) is not None

    async def _named(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[PostRevision]:
        revisions = [read_revision(document) for document in documents]
        ids = {each.author_id for each in revisions} | {each.edited_by_id for each in revisions}
        people = await self._authors.people(filter(None, ids))
        return [
            replace(
                each,
                author=None if each.author_id is None else people.get(each.author_id),
                edited_by=None if each.edited_by_id is None else people.get(each.edited_by_id),
            )
            for each in revisions
        ]


class History:
    """Keeps the state that a change of a post replaces, in the transaction of the change."""

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._revisions = collections.revisions

    async def before(
        self, id: Id, change: PostChange, last: PostDocument | None, session: Session
    ) -> PostDocument | None:
        """The state that the change replaces, if it concerns the history. `last`: the state as the
        transaction has left it so far; None: it has not changed the post.
        """
        if not changes_history(change):
            return None
        if last is not None:
            return last
        # If somebody changes the post before this transaction does, it is run again.
        named: Filter = {"_id": ObjectId(id), **LIVING}
        return await self._posts.find_one(named, post_projection(0), session=session)

    async def keep(self, before: PostDocument | None, change: PostChange, session: Session) -> None:
        """Keep this state, from `before`, if the change begins a revision."""
        if before is None:
            return
        number = before["revision_number"]
        after = _after(before, change).revision_number
        if after == number:
            return
        await self._revisions.insert_one(state_document(before), session=session)
        if after > MAX_REVISIONS:
            await self._thin_out(before["_id"], change, session)

    async def _thin_out(self, post_id: ObjectId, change: PostChange, session: Session) -> None:
        fields: Filter = {"number": 1, "saved_at": 1, "is_published": 1}
        of_post: Filter = {"post_id": post_id}
        found = self._revisions.find(of_post, fields, session=session).sort(REVISIONS_OF_POST)
        kept = [
            KeptRevision(number=each["number"], saved_at=each["saved_at"], is_published=each["is_published"])
            for each in await found.to_list()
        ]
        numbers = superfluous(kept, change.updated_at)
        if numbers:
            await self._revisions.delete_many(of_post | {"number": {"$in": list(numbers)}}, session=session)


def with_history(update: Filter, before: PostDocument | None, change: PostChange) -> Filter:
    """The update of a post, with the fields of its history if the change concerns that."""
    if before is None:
        return update
    after = _after(before, change)
    values: Filter = {
        "revision_number": after.revision_number,
        "edited_by_id": None if after.edited_by_id is None else ObjectId(after.edited_by_id),
        "edit_began_at": after.edit_began_at,
    }
    given = {name: value for name, value in values.items() if value is not None}
    gone = update.get("$unset", {}) | dict.fromkeys(values.keys() - given.keys(), "")
    return update | {"$set": update["$set"] | given} | ({"$unset": gone} if gone else {})


def _after(before: PostDocument, change: PostChange) -> Editing:
    def current(name: str) -> object:
        value: object = before.get(name)
        if isinstance(value, list):
            return tuple(value)
        return str(value) if isinstance(value, ObjectId) else value

    return _editing(before).after(change, is_new_text=is_new_text(change, current))


def _editing(post: PostDocument) -> Editing:
    editor_id = post.get("edited_by_id")
    return Editing(
        status=PostStatus(post["status"]),
        revision_number=post["revision_number"],
        edited_by_id=None if editor_id is None else Id(str(editor_id)),
        edit_began_at=post.get("edit_began_at"),
    )
