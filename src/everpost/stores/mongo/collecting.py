"""Reading a whole blog as it is at one moment.

A replica set can be asked for a moment of its own, for some minutes after it; a single server cannot, and a
blog may be larger than can be read in minutes. So everything is read first, whatever is written meanwhile.
Then the head of every post, and every user, is read again, and the whole of what has changed. Where that
is read of one moment, all of it is of that moment. Where it is not, it is done again until nothing had
changed: then all was so at the moment when that began.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from bson import CodecOptions, MaxKey, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from everpost.errors import Busy
from everpost.stores.mongo.bulk import chunks
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.engine.connection import Client
from everpost.stores.mongo.spool import Head, Spool

PATIENCE = 300.0
"""Seconds for which the heads are read again, each time because somebody wrote meanwhile. Each such round
takes milliseconds, in a large blog a second: a blog rests for so long again and again, but for one that
machines write to without pause.
"""
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)
_HEAD: Filter = {"thread": 1, "version": 1, "author_id": 1}
_AS_IT_LIES = [("$natural", 1)]
"""Through the collection itself: in an index, a document that changes may be passed by, or met twice."""
_POSTS = 100
_COPIES = 1_000
"""How many are in memory together, unless they come to 16 MB before."""

_Raw = AsyncCollection[RawBSONDocument]


class Collector:
    """Reads a database into a spool."""

    def __init__(self, client: Client, collections: Collections) -> None:
        self._client = client
        self._posts = _raw(collections.posts)
        self._comments = _raw(collections.comments)
        self._users = _raw(collections.users)
        self._blog = _raw(collections.blog)

    async def collect(self, spool: Spool) -> None:
        """All that counts of the blog at one moment. Busy."""
        async for post in self._posts.find({}).hint(_AS_IT_LIES).batch_size(_POSTS):
            spool.keep_post(post)
        # A copy that counts for a post as it was just read stays until that post changes.
        copies = self._comments.find({}).hint(_AS_IT_LIES).batch_size(_COPIES)
        while some := await copies.to_list(_COPIES):
            spool.keep_copies(some)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            async with self._one_moment() as session:
                is_new = await self._catch_up(spool, session)
            if session is not None or not is_new:
                _put_in_order(spool)
                return
        raise Busy(
            "The blog was written to without a pause, and a single MongoDB server cannot be read as it was at"
            " one moment. Try again when it rests for a second, or make the server a replica set of one node."
        )

    @asynccontextmanager
    async def _one_moment(self) -> AsyncIterator[AsyncClientSession | None]:
        """What is read with it is of one moment; None where the server knows no such thing.

        https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/
        """
        hello = await self._client.admin.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            yield None
            return
        async with self._client.start_session(snapshot=True) as session:
            yield session

    async def _catch_up(self, spool: Spool, session: AsyncClientSession | None) -> bool:
        """Read again what has changed since it was read; whether anything had."""
        is_new = await self._catch_up_with_people(spool, session)
        changed: list[ObjectId] = []
        spool.begin_list()
        async for post in self._posts.find({}, _HEAD, session=session).hint(_AS_IT_LIES):
            head = Head.of(post)
            spool.see(head.id)
            if not spool.has(head):
                changed.append(head.id)
        is_new |= spool.forget_unseen("posts") or bool(changed)
        for some in chunks(changed, 100):
            await self._read_again(spool, some, session)
        return is_new

    async def _catch_up_with_people(self, spool: Spool, session: AsyncClientSession | None) -> bool:
        is_new = False
        spool.begin_list()
        async for user in self._users.find({}, session=session).hint(_AS_IT_LIES):
            spool.see(user["_id"])
            is_new |= spool.keep_user(user)
        async for settings in self._blog.find({}, session=session):
            is_new |= spool.keep_blog(settings)
        return spool.forget_unseen("users") or is_new

    async def _read_again(
        self, spool: Spool, names: Sequence[ObjectId], session: AsyncClientSession | None
    ) -> None:
        missing = set(names)
        async for post in self._posts.find({"_id": {"$in": list(names)}}, session=session):
            missing.discard(post["_id"])
            if spool.keep_post(post):
                await self._read_new_copies(spool, post["thread"], session)
        for name in missing:
            spool.forget_post(name)

    async def _read_new_copies(
        self, spool: Spool, thread: ObjectId, session: AsyncClientSession | None
    ) -> None:
        """Copies never change: of a long thread only those are read that were not there."""
        of_thread = {"$gt": {"thread": thread}, "$lt": {"thread": thread, "run": MaxKey()}}
        found = self._comments.find({"_id": of_thread}, {"_id": 1}, session=session).hint("_id_")
        spool.begin_list()
        while some := await found.to_list(_COPIES):
            spool.see_copies((copy["_id"]["run"], copy["_id"]["id"]) for copy in some)
        spool.forget_unseen_copies(thread)
        while missing := spool.take_unkept(_COPIES):
            wanted = [{"thread": thread, "run": run, "id": name} for run, name in missing]
            copies = self._comments.find({"_id": {"$in": wanted}}, session=session)
            spool.keep_copies(await copies.to_list())


def _put_in_order(spool: Spool) -> None:
    """Forget what `threads.visible` would not find, and take the tokens out of their owners."""
    for document in spool.long_posts():
        post = RawBSONDocument(document, _RAW)
        spool.forget_copies(
            post["thread"],
            after=post["runs"],
            runs=[each["run"] for each in post["open"]],
            names=[(name["run"], name["id"]) for name in post["gone"]],
        )
    spool.forget_orphans()
    for document in spool.users():
        user = RawBSONDocument(document, _RAW)
        spool.keep_tokens(user["tokens"], user["_id"])


def _raw(collection: AsyncCollection[Any]) -> _Raw:
    """Nothing that is read first is newer than the moment that is asked for afterwards."""
    majority = ReadConcern("majority")
    return cast("_Raw", collection.with_options(codec_options=_RAW, read_concern=majority))
