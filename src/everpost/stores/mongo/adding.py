"""Adding comments to threads."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bson import ObjectId
from pymongo.errors import DuplicateKeyError, PyMongoError

from everpost.domain.admissions import Admission, together
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.revisions import new_stamp
from everpost.errors import Busy, Conflict, EverpostError, Invalid, NotFound
from everpost.stores.mongo.admitting import Admissions
from everpost.stores.mongo.changing import Changer
from everpost.stores.mongo.collections import SETTLED_BY_ID, Collections, Filter
from everpost.stores.mongo.documents import CommentEntry, comment_entry
from everpost.stores.mongo.engine.errors import is_too_large
from everpost.stores.mongo.settling import Settler
from everpost.stores.mongo.threads import ATTEMPTS, Located, Threads
from everpost.stores.mongo.writing import Change, ThreadWriter, still

_MOST_AT_ONCE = 50
_LONGEST_AT_ONCE = 250_000
"""Code points; a document has no room for more than so many of the largest comments."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A comment that waits to be added, and who waits for that. A try to add it sets its depth."""

    comment: Comment
    admission: Admission | None
    entry: CommentEntry
    done: asyncio.Future[Comment]
    under_hidden: bool
    """Whether it may answer a comment that is not approved."""

    def may_answer(self, parent: Comment) -> bool:
        """Whether the status of the parent allows it."""
        return self.under_hidden or parent.status is CommentStatus.APPROVED


class Adder:
    """Adds comments; those that come for one post while a write to it is under way go together, in the
    next one. MongoDB would have them, each a write of the same document, collide and try again.
    """

    def __init__(
        self,
        collections: Collections,
        threads: Threads,
        changer: Changer,
        settler: Settler,
        admissions: Admissions,
    ) -> None:
        self._posts = collections.posts
        self._settled = collections.comments
        self._threads = threads
        self._writer = ThreadWriter(collections)
        self._changer = changer
        self._settler = settler
        self._admissions = admissions
        self._waiting: dict[ObjectId, deque[Addition]] = {}
        self._work: set[asyncio.Task[None]] = set()

    async def add(self, comment: Comment, admission: Admission | None, *, under_hidden: bool) -> Comment:
        """The comment as it is kept. NotFound, Stale, Conflict, Invalid, Busy."""
        new = replace(comment, depth=0, reply_count=0, stamp=new_stamp())
        done: asyncio.Future[Comment] = asyncio.get_running_loop().create_future()
        addition = Addition(new, admission, comment_entry(new), done, under_hidden)
        post_id = ObjectId(comment.post_id)
        if post_id in self._waiting:
            self._waiting[post_id].append(addition)
        else:
            self._waiting[post_id] = deque([addition])
            work = asyncio.create_task(self._add_waiting(post_id))
            self._work.add(work)
            work.add_done_callback(self._work.discard)
        return await addition.done

    async def finish(self) -> None:
        """Return when nothing is under way any more."""
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _add_waiting(self, post_id: ObjectId) -> None:
        waiting = self._waiting[post_id]
        try:
            while waiting:
                await self._add_together(post_id, _take(waiting))
        finally:
            del self._waiting[post_id]
            for addition in waiting:
                addition.done.cancel()

    async def _add_together(self, post_id: ObjectId, additions: Sequence[Addition]) -> None:
        try:
            if await self._push(post_id, additions):
                settling = self._settler.settle_if_due(post_id)
                await asyncio.gather(self._confirm(post_id, additions), settling)
                return
            for addition in additions:
                await self._add_alone(post_id, addition)
            await self._settler.settle_if_due(post_id)
        except BaseException as error:
            for addition in additions:
                _fail(addition, error)
            if not isinstance(error, EverpostError | PyMongoError):
                raise

    async def _add_alone(self, post_id: ObjectId, addition: Addition) -> None:
        try:
            for _ in range(ATTEMPTS):
                if await self._push(post_id, [addition]):
                    await self._confirm(post_id, [addition])
                    return
                await self._raise_refusal(addition)
            _fail(addition, Busy())
        except (EverpostError, PyMongoError) as error:
            _fail(addition, error)

    async def _push(self, post_id: ObjectId, additions: Sequence[Addition]) -> bool:
        """Nest the comments; not where one of them may not be, or a race was lost."""
        entries = [addition.entry for addition in additions]
        if await self._rivals_of(entries):
            return False
        parents = await self._parents_of(post_id, additions)
        if parents is None:
            return False
        condition = await self._admissions.condition(together([each.admission for each in additions]))
        try:
            return await self._write(post_id, entries, parents, condition)
        except DuplicateKeyError:
            return False
        except PyMongoError as error:
            if is_too_large(error) and await self._settler.settle(post_id):
                return False
            raise

    async def _parents_of(
        self, post_id: ObjectId, additions: Sequence[Addition]
    ) -> Mapping[ObjectId, Located] | None:
        """What these answer; None where one of them may not be added, or not together with the others."""
        replies = [each for each in additions if "parent_id" in each.entry]
        if not replies:
            return {}
        parents = await self._threads.locate_all(post_id, list({each.entry["parent_id"] for each in replies}))
        for reply in replies:
            parent = parents.get(reply.entry["parent_id"])
            if parent is None or not reply.may_answer(parent.comment):
                return None
            # What becomes visible above one of them the others would have to know.
            if parent.comment.status is not CommentStatus.APPROVED and len(additions) > 1:
                return None
        return parents

    async def _write(
        self,
        post_id: ObjectId,
        entries: Sequence[CommentEntry],
        parents: Mapping[ObjectId, Located],
        condition: Filter,
    ) -> bool:
        """One write, where the condition holds; together with the parents where they count more shown
        replies.
        """
        shown: Counter[ObjectId] = Counter()
        for entry in entries:
            if "parent_id" in entry:
                entry["depth"] = parents[entry["parent_id"]].comment.depth + 1
                shown[entry["parent_id"]] += entry["shown"]
        if not shown.total():
            conditions = [condition, *(still(parent) for parent in parents.values())]
            return await self._writer.push(post_id, entries, {"$and": conditions})
        if len(entries) == len(parents) == 1:
            (parent,) = parents.values()
            becomes = replace(parent.comment, reply_count=parent.comment.reply_count + 1)
            return await self._changer.write(parent, becomes, condition, added=entries)
        # A parent that counts none is written as it is: that says that it has not changed.
        changes = [
            Change(
                parent,
                replace(parent.comment, reply_count=parent.comment.reply_count + shown[name]),
            )
            for name, parent in parents.items()
        ]
        return await self._writer.write(post_id, changes, entries, condition=condition)

    async def _rivals_of(self, entries: Sequence[CommentEntry]) -> set[ObjectId]:
        """Which of these ids another comment has that settled. The unique index is on nested ones.

        It is asked before comments are nested, and again afterwards: a rival may have settled in
        between. None can be missed both times, since a comment is copied before it leaves its post.
        """
        marks = {entry["id"]: entry["mark"] for entry in entries}
        copies = self._settled.find({"_id.id": {"$in": list(marks)}}, {"post_id": 1}).hint(SETTLED_BY_ID)
        rivals: set[ObjectId] = set()
        for post_id in {copy["post_id"] for copy in await copies.to_list()}:
            located = await self._threads.locate_all(post_id, list(marks))
            rivals |= {name for name, found in located.items() if found.mark != marks[name]}
        return rivals

    async def _confirm(self, post_id: ObjectId, additions: Sequence[Addition]) -> None:
        """Say that it is done, except for what lost against a rival after all."""
        rivals = await self._rivals_of([addition.entry for addition in additions])
        for addition in additions:
            if addition.entry["id"] in rivals:
                await self._take_back(post_id, addition.entry)
                _fail(addition, Conflict("comment", "id"))
            elif not addition.done.done():
                addition.done.set_result(replace(addition.comment, depth=addition.entry["depth"]))

    async def _take_back(self, post_id: ObjectId, entry: CommentEntry) -> None:
        """Remove this comment, and no later one with its id."""
        for _ in range(ATTEMPTS):
            located = await self._threads.locate(post_id, entry["id"])
            if located is None or located.mark != entry["mark"]:
                return
            if await self._changer.take_back(located):
                return
        raise Busy

    async def _raise_refusal(self, addition: Addition) -> None:
        """Why the comment could not be nested; nothing, where only a race was lost."""
        comment, entry = addition.comment, addition.entry
        post_id = ObjectId(comment.post_id)
        if await self._posts.find_one({"_id": post_id}, {"_id": 1}) is None:
            raise NotFound("post", comment.post_id)
        await self._admissions.require(post_id, addition.admission)
        nested_somewhere = await self._posts.find_one({"comments.id": entry["id"]}, {"_id": 1})
        if nested_somewhere is not None or await self._rivals_of([entry]):
            raise Conflict("comment", "id")
        if "parent_id" not in entry:
            return
        parent = await self._threads.locate(post_id, entry["parent_id"])
        if parent is None or not addition.may_answer(parent.comment):
            raise Invalid("parent_id", "is not an approved comment of this post")


def _take(waiting: deque[Addition]) -> Sequence[Addition]:
    """The next ones that one write can add: not too many, and none with the id of another."""
    taken: dict[ObjectId, Addition] = {}
    length = 0
    while waiting and len(taken) < _MOST_AT_ONCE and waiting[0].entry["id"] not in taken:
        length += len(waiting[0].comment.content)
        if taken and length > _LONGEST_AT_ONCE:
            break
        addition = waiting.popleft()
        taken[addition.entry["id"]] = addition
    return list(taken.values())


def _fail(addition: Addition, error: BaseException) -> None:
    if not addition.done.done():
        addition.done.set_exception(error)
