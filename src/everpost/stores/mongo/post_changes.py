"""Changing and removing posts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias, cast

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.posts import PostChange
from everpost.domain.revisions import ExpectedRevisions, Revision, new_stamp
from everpost.errors import Conflict, EverpostError, Forbidden, Invalid, NotFound, Stale
from everpost.stores.batching import KeyedBatcher, KeyedLocks
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument, matching, post_projection
from everpost.stores.mongo.queries.authors import Authors
from everpost.stores.mongo.queries.slugs import free_slug

_MOST_TOGETHER = 50
_Outcome: TypeAlias = PostDocument | Exception


class Terms(NamedTuple):
    """The revisions and the owners that a post must have to be written; None: any."""

    match: ExpectedRevisions
    owner_id: Id | None


class Change(NamedTuple):
    """A change that is to be made to a post."""

    id: Id
    values: PostChange
    terms: Terms
    comments: int
    """How many comments the answer has inside."""


class Saver:
    """Changes and removes posts. Changes that arrive for a post while others are being made to it are made
    together, in the next transaction: one command takes the post with the first of them, another one writes
    what it is after all the others.
    """

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: Authors,
        slugs: KeyedLocks[str],
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors
        self._slugs = slugs
        self._turns: KeyedBatcher[Id, Change, _Outcome] = KeyedBatcher(
            self._save_together, most=_MOST_TOGETHER
        )

    async def save(self, change: Change) -> PostDocument:
        """The post after the change, under a numbered slug if it may have one and its own is taken. NotFound,
        Forbidden, Stale, Conflict, Invalid.
        """
        slug = change.values.slug
        try:
            return await self._save(change)
        except DuplicateKeyError as error:
            if slug is None or not change.values.is_slug_numbered:
                raise Conflict("post", "slug") from error
        async with self._slugs.hold(slug):
            while True:
                free = await free_slug(self._collections, slug, ObjectId(change.id))
                with suppress(DuplicateKeyError):
                    return await self._save(change._replace(values=replace(change.values, slug=free)))

    async def finish(self) -> None:
        """Return once no change is under way."""
        await self._turns.finish()

    async def remove(self, id: Id, terms: Terms) -> None:
        """Leave nothing but what the garbage collector needs. NotFound, Forbidden, Stale."""
        removal: Sequence[Filter] = [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}]
        await self._transactions.write_post(id, partial(self._write, id, terms, removal, {"_id": 1}))

    async def _save(self, change: Change) -> PostDocument:
        outcome = await self._turns.load(change.id, change)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _save_together(self, changes: Sequence[Change]) -> Sequence[_Outcome]:
        """Make all changes in one transaction; if it has to be undone for one of them, each alone."""
        work = partial(self._save_all, changes)
        try:
            return await self._transactions.write_post(changes[0].id, work)
        except (DuplicateKeyError, Invalid) as error:
            if len(changes) == 1:
                return [error]
        return [await self._save_alone(change) for change in changes]

    async def _save_alone(self, change: Change) -> _Outcome:
        try:
            return (await self._save_together([change]))[0]
        except EverpostError as error:
            return error

    async def _save_all(self, changes: Sequence[Change], session: Session) -> Sequence[_Outcome]:
        """Make these changes of one post, or tell why it is not as required. DuplicateKeyError, Invalid."""
        outcomes: list[_Outcome] = []
        projection = post_projection(max(change.comments for change in changes))
        taken: PostDocument | None = None
        last: PostDocument | None = None
        for change in changes:
            update = _update(change.values)
            try:
                if last is None:
                    last = taken = await self._write(change.id, change.terms, update, projection, session)
                else:
                    await self._require(last, change.terms, session)
                    if taken is not None and change.values.slug is not None and last["slug"] != taken["slug"]:
                        # Another post may have the slug that this change would hide from the index.
                        await self._write_difference(taken, last, session)
                        taken = last
                    last = _after(last, update)
            except (NotFound, Forbidden, Stale) as error:
                outcomes.append(error)
                continue
            author_id = change.values.author_id
            if author_id is not None and not await self._authors.is_user(ObjectId(author_id)):
                raise Invalid("author_id", "should be the id of a user")
            outcomes.append(_showing(last, change.comments))
        if taken is not None and last is not None and last is not taken:
            await self._write_difference(taken, last, session)
        return outcomes

    async def _write_difference(self, before: PostDocument, after: PostDocument, session: Session) -> None:
        """Make one of the other in the database. DuplicateKeyError."""
        update = _difference(before, after)
        await self._posts.update_one({"_id": before["_id"]}, update, session=session)

    async def _require(self, post: PostDocument, terms: Terms, session: Session) -> None:
        """Check the revision and the owner of a post that the transaction has taken. Forbidden, Stale."""
        if terms.owner_id is not None:
            owners = [ObjectId(terms.owner_id)]
            if post.get("author_id") not in owners:
                owners = [*await self._authors.predecessors(owners[0], session=session)]
            if post.get("author_id") not in owners:
                raise _not_owned()
        if terms.match is not None and Revision(post["version"], post["stamp"]) not in terms.match:
            raise Stale("post", str(post["_id"]))

    async def _write(
        self,
        id: Id,
        terms: Terms,
        update: Filter | Sequence[Filter],
        projection: Filter,
        session: Session,
    ) -> PostDocument:
        """Change the post if its revision and its owner are as required. NotFound, Forbidden, Stale."""
        write = partial(
            self._posts.find_one_and_update,
            update=update,
            projection=projection,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        document: PostDocument | None = await write(_named(id, terms))
        owners: Sequence[ObjectId] | None = None
        if document is None and terms.owner_id is not None:  # it may still name somebody whose heir this is
            owners = await self._authors.predecessors(ObjectId(terms.owner_id), session=session)
            document = await write({**_named(id, terms), "author_id": {"$in": owners}})
        if document is None:
            raise await self._mismatch(id, owners, session)
        return document

    async def _mismatch(self, id: Id, owners: Sequence[ObjectId] | None, session: Session) -> EverpostError:
        """Why a post did not have the required revision or owner."""
        named: Filter = {"_id": ObjectId(id), **LIVING}
        document = await self._posts.find_one(named, {"author_id": 1}, session=session)
        if document is None:
            return NotFound("post", id)
        if owners is not None and document.get("author_id") not in owners:
            return _not_owned()
        return Stale("post", id)


def _named(id: Id, terms: Terms) -> Filter:
    """The post, if it is as required."""
    owner: Filter = {} if terms.owner_id is None else {"author_id": ObjectId(terms.owner_id)}
    return {"_id": ObjectId(id), **LIVING, **matching(terms.match), **owner}


def _update(change: PostChange) -> Filter:
    values: Filter = {
        "stamp": new_stamp(),
        "updated_at": change.updated_at,
        "title": change.title,
        "content": change.content,
        "publication_date": change.publication_date,
        "slug": change.slug,
        "tags": None if change.tags is None else list(change.tags),
        "format": None if change.format is None else change.format.value,
        "status": None if change.status is None else change.status.value,
        "author_id": None if change.author_id is None else ObjectId(change.author_id),
    }
    update: Filter = {"$inc": {"version": 1}}
    if change.comment_policy == "inherit":
        update["$unset"] = {"comment_policy": ""}
    elif change.comment_policy is not None:
        values["comment_policy"] = change.comment_policy.value
    return update | {"$set": {field: value for field, value in values.items() if value is not None}}


def _after(post: PostDocument, update: Filter) -> PostDocument:
    """The post after an update by `_update`, of which MongoDB knows nothing yet."""
    document: Filter = {**post, **update["$set"], "version": post["version"] + 1}
    for name in update.get("$unset", ()):
        document.pop(name, None)
    return cast("PostDocument", document)


def _difference(before: PostDocument, after: PostDocument) -> Filter:
    """The update that makes one of the other."""
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    gone = dict.fromkeys(before.keys() - after.keys(), "")
    return {"$set": changed, **({"$unset": gone} if gone else {})}


def _showing(post: PostDocument, comments: int) -> PostDocument:
    """The post with this many of its comments."""
    return cast("PostDocument", {**post, "comments": post.get("comments", [])[:comments]})


def _not_owned() -> Forbidden:
    return Forbidden("This post belongs to another author.")
