"""Changing and removing posts."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias, cast

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from everpost.domain.ids import Id
from everpost.domain.post_paths import moves
from everpost.domain.posts import PostChange
from everpost.domain.revisions import Revision
from everpost.domain.text import numbered_slug
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Conflict, EverpostError, Forbidden, InTrash, Invalid, NotFound, Stale
from everpost.stores.batching import KeyedLocks
from everpost.stores.grouped_writes import GroupedWrites
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.history.revisions import History, with_history
from everpost.stores.mongo.media.uses import PostUses, writes_links
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import (
    LIVING,
    PostDocument,
    matching,
    place_condition,
    post_projection,
)
from everpost.stores.mongo.model.post_updates import after_update, difference, post_update
from everpost.stores.mongo.post_paths import move
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.queries.slugs import find_conflicts
from everpost.stores.mongo.working_copies import remove_saved_copy
from everpost.stores.preconditions import Preconditions, not_owned

_Outcome: TypeAlias = PostDocument | Exception
_REMOVAL: Sequence[Filter] = [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}]


class Change(NamedTuple):
    """A change to a post."""

    id: Id
    values: PostChange
    preconditions: Preconditions
    comments: int
    """The number of comments that the result contains."""


class _OwnerRemovedError(Exception):
    """The post still names a removed user as its author: the transaction must be undone."""


class PostUpdater:
    """Changes and removes posts, grouping the changes of each: in a transaction, one command locks the post
    with the first change, and a second one writes the others.
    """

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        slugs: KeyedLocks[str],
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors
        self._history = History(collections)
        self._slugs = slugs
        self._uses = PostUses(collections)
        self._groups: GroupedWrites[Id, Change, PostDocument] = GroupedWrites(
            self._save_together, refusals=(DuplicateKeyError, Invalid, _OwnerRemovedError)
        )

    async def save(self, change: Change) -> PostDocument:
        """Change a post, and return it. If its slug is taken and the change allows it, the post gets a
        numbered one. Raises NotFound, Forbidden, Stale, Conflict, Invalid.
        """
        slug = change.values.slug
        if slug is not None and change.values.is_slug_numbered:
            change = change._replace(values=replace(change.values, slug=numbered_slug(slug, 1)))
        try:
            with suppress(DuplicateKeyError):
                return await self._groups.write(change.id, change)
            async with self._slugs.hold(change.values.slug or ""):
                while True:
                    free = await self._without_conflicts(change, slug)
                    with suppress(DuplicateKeyError):
                        return await self._groups.write(change.id, free)
        except _OwnerRemovedError as error:
            raise not_owned() from error

    async def _without_conflicts(self, change: Change, wanted: str | None) -> Change:
        """The change, with a numbered slug for the wanted one if its own is taken and it allows that. Raises
        Conflict.
        """
        values, slug = change.values, change.values.slug
        found = await find_conflicts(
            self._collections, ObjectId(change.id), slug or "", wanted or "", values.paths or ()
        )
        if found.by_slug is not None and not values.is_slug_numbered:
            raise Conflict("post", "slug")
        if found.has_path:
            raise Conflict("post", "paths")
        return change if slug is None else change._replace(values=replace(values, slug=found.free_slug))

    async def finish(self) -> None:
        """Return once no change is in progress."""
        await self._groups.finish()

    async def remove(self, id: Id, preconditions: Preconditions, copy: SavedCopy | None) -> None:
        """Empty the document, and remove a working copy. Raises NotFound, Forbidden, Stale."""
        await self.write(id, preconditions, _REMOVAL, {"_id": 1}, copy=copy)

    async def write(
        self,
        id: Id,
        preconditions: Preconditions,
        update: Filter | Sequence[Filter],
        projection: Filter,
        *,
        copy: SavedCopy | None = None,
    ) -> PostDocument:
        """Update the document of a post, remove a working copy, and return these fields of the post. Raises
        NotFound, Forbidden, InTrash, NotInTrash, Stale.
        """

        async def work(session: Session) -> PostDocument:
            if update is _REMOVAL:
                await self._uses.end([ObjectId(id)], session)
            document = await self._write(id, preconditions, update, projection, session)
            await remove_saved_copy(self._collections, copy, id, session)
            return document

        try:
            return await self._transactions.write_post(id, work)
        except _OwnerRemovedError as error:
            raise not_owned() from error

    async def _save_together(self, changes: Sequence[Change]) -> Sequence[_Outcome]:
        return await self._transactions.write_post(changes[0].id, partial(self._save_all, changes))

    async def _save_all(self, changes: Sequence[Change], session: Session) -> Sequence[_Outcome]:
        """Make these changes to one post. Returns the post, or the reason for a refusal, for each. Raises
        DuplicateKeyError, Invalid.
        """
        outcomes: list[_Outcome] = []
        projection = {**post_projection(max(change.comments for change in changes)), "media": 1}
        taken: PostDocument | None = None
        last: PostDocument | None = None
        for change in changes:
            moved = await move(self._collections, change.id, change.values, last, session)
            before = await self._history.before(change.id, change.values, last, session)
            update = with_history(post_update(moved), before, change.values)
            try:
                if last is None:
                    wanted = change.preconditions
                    last = taken = await self._write(change.id, wanted, update, projection, session)
                else:
                    await self._require(last, change.preconditions, session)
                    if taken is not None and last is not taken and moves(change.values):
                        # Another post may have the slug or path that this change would hide from the index.
                        await self._write_difference(taken, last, session)
                        taken = last
                    last = after_update(last, update)
            except (NotFound, Forbidden, InTrash, Stale) as error:
                outcomes.append(error)
                continue
            await self._history.keep(before, change.values, session)
            author_id = change.values.author_id
            if author_id is not None and not await self._authors.is_user(ObjectId(author_id)):
                raise Invalid("author_id", "should be the id of a user")
            await remove_saved_copy(self._collections, change.values.saved_copy, change.id, session)
            outcomes.append(_showing(last, change.comments))
        if taken is not None and last is not None and last is not taken:
            await self._write_difference(taken, last, session)
        if last is not None and any(writes_links(change.values) for change in changes):
            await self._uses.update(last, session)
        return outcomes

    async def _write_difference(self, before: PostDocument, after: PostDocument, session: Session) -> None:
        """Write the difference between the two documents. Raises DuplicateKeyError."""
        update = difference(before, after)
        await self._posts.update_one({"_id": before["_id"]}, update, session=session)

    async def _require(self, post: PostDocument, preconditions: Preconditions, session: Session) -> None:
        """Check the revision and the owner of a post that the transaction has changed. Raises Forbidden,
        Stale.
        """
        owners, match = await self._owners(preconditions, session), preconditions.match
        if owners is not None and post.get("author_id") not in owners:
            raise not_owned()
        if match is not None and Revision(post["version"], post["stamp"]) not in match:
            raise Stale("post", str(post["_id"]))

    async def _owners(self, preconditions: Preconditions, session: Session) -> Sequence[ObjectId] | None:
        """The authors that the post may have; None: any. The post may still name a removed user until the
        garbage collector has replaced it, so the transaction reads whether the owner exists, and which users
        they inherited from.
        """
        if preconditions.owner_id is None:
            return None
        return await self._authors.predecessors(ObjectId(preconditions.owner_id), session=session)

    async def _write(
        self,
        id: Id,
        preconditions: Preconditions,
        update: Filter | Sequence[Filter],
        projection: Filter,
        session: Session,
    ) -> PostDocument:
        """Change the post if it has the required revision and owner. Raises NotFound, Forbidden, Stale."""
        write = partial(
            self._posts.find_one_and_update,
            update=update,
            projection=projection,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        match, _, in_trash, before = preconditions
        place = place_condition(in_trash, before)
        wanted: Filter = {"_id": ObjectId(id), **LIVING, **matching(match), **place}
        if preconditions.owner_id is None:
            owners, document = None, await write(wanted)
        else:
            owner_id = ObjectId(preconditions.owner_id)
            # At the same time, so outside of the transaction: a removal acknowledged before is seen.
            reading = asyncio.create_task(self._authors.predecessors(owner_id))
            try:
                document = await write({**wanted, "author_id": owner_id})
                owners = await reading
            finally:
                reading.cancel()
            if document is None:
                document = await write({**wanted, "author_id": {"$in": owners}})
            elif owner_id not in owners:
                raise _OwnerRemovedError
        if document is None:
            raise await self._mismatch(id, owners, preconditions, session)
        return document

    async def _mismatch(
        self, id: Id, owners: Sequence[ObjectId] | None, preconditions: Preconditions, session: Session
    ) -> EverpostError:
        """The error for a post that did not meet the preconditions."""
        named: Filter = {"_id": ObjectId(id), **LIVING}
        document = await self._posts.find_one(named, {"author_id": 1, "status": 1}, session=session)
        if document is None:
            return NotFound("post", id)
        if owners is not None and document.get("author_id") not in owners:
            return not_owned()
        return preconditions.misplacement(document["status"]) or Stale("post", id)


def _showing(post: PostDocument, comments: int) -> PostDocument:
    """The post with only this many of its comments."""
    return cast("PostDocument", {**post, "comments": post.get("comments", [])[:comments]})
