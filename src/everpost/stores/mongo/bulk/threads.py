"""Bulk writer for the posts and threads of a blog that is moved into this database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne

from everpost.domain.comments import Comment
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.media.uses import PostUses, linked_media
from everpost.stores.mongo.model.collections import COMMENTS, Collections, Filter
from everpost.stores.mongo.model.documents import (
    LIVING,
    CommentDocument,
    PostDocument,
    comment_document,
    post_document,
    preview_of,
)

_OPTIONAL = (
    *("summary", "paths", "author_id", "comment_policy", "preview_nonce", "cover"),
    *("trashed_at", "former_status", "edited_by_id", "edit_began_at", "media"),
)
_REFRESHED_TOGETHER = 20
_REFRESHED_BYTES = 4_000_000
"""Previews are written together up to this size; a single one may be larger."""
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class ThreadWriter:
    """Writes batches in transactions. Only erasing posts, whose comments the garbage collector deletes, runs
    outside of them.
    """

    def __init__(self, collections: Collections) -> None:
        self._posts = collections.posts
        self._comments = collections.comments
        self._uses = PostUses(collections)

    async def erase_posts(self, posts: Sequence[Post]) -> None:
        """Remove these posts. The garbage collector deletes their comments later."""
        ids = [ObjectId(post.id) for post in posts]
        await self._uses.end(ids, None)
        these: Filter = {"_id": {"$in": ids}}
        removal: Sequence[Filter] = [{"$replaceWith": {"_id": "$_id", "removed_at": "$$NOW"}}]
        await self._posts.update_many(these, removal)

    async def add(self, posts: Sequence[Post], comments: Sequence[Comment], session: Session) -> None:
        """Insert these posts and comments. Raises BulkWriteError if some exist already."""
        documents = [comment_document(comment) for comment in comments]
        threads = _by_post(documents)
        new = await self._post_documents(posts, session)
        for document in new:
            document["comments"] = preview_of(threads[document["_id"]])
        if documents:
            await self._comments.insert_many(documents, ordered=False, session=session)
        if new:
            await self._posts.insert_many(new, ordered=False, session=session)
        there = threads.keys() - {document["_id"] for document in new}
        previews = [_extend(post_id, preview_of(threads[post_id])) for post_id in there]
        if previews:
            await self._posts.bulk_write(previews, ordered=False, session=session)

    async def write(
        self,
        posts: Sequence[Post],
        comments: Sequence[Comment],
        erased: Sequence[Comment],
        session: Session,
    ) -> None:
        """Keep `posts` and `comments`, and erase the comments in `erased`. A new post is written with its
        preview; the preview of an existing post is rebuilt.
        """
        touched = await self._erase_comments(erased, session)
        documents = [comment_document(comment) for comment in comments]
        touched |= await self._keep_comments(documents, session)
        new = await self._keep_posts(posts, _by_post(documents), session)
        await self._refresh(touched - new, session)

    async def forget_media(self, files: Sequence[MediaFile], session: Session) -> None:
        """Remove these files, which are erased, from the lists of all posts."""
        if not files:
            return
        ids = [ObjectId(file.id) for file in files]
        left: Filter = {"$setDifference": ["$media", ids]}
        change: Sequence[Filter] = [{"$set": {"media": {"$cond": [{"$eq": [left, []]}, "$$REMOVE", left]}}}]
        await self._posts.update_many({"media": {"$in": ids}}, change, session=session)

    async def recall_media(self, files: Sequence[MediaFile], session: Session) -> None:
        """Record which of these files, which are kept, are used."""
        if files:
            await self._uses.recall([ObjectId(file.id) for file in files], session)

    async def _post_documents(self, posts: Sequence[Post], session: Session) -> list[PostDocument]:
        """The documents of these posts, with the files that they use."""
        documents = [post_document(post) for post in posts]
        linked = {document["_id"]: linked_media(document) for document in documents}
        if wanted := {each for ids in linked.values() for each in ids}:
            there = {*await self._uses.hold([*wanted], session)}
            for document in documents:
                if used := there.intersection(linked[document["_id"]]):
                    document["media"] = sorted(used)
        return documents

    async def _erase_comments(self, erased: Sequence[Comment], session: Session) -> set[ObjectId]:
        """Erase these comments. Returns the posts that lose some."""
        if not erased:
            return set()
        deletions = [
            DeleteOne(
                {
                    "_id": ObjectId(comment.id),
                    "post_id": ObjectId(comment.post_id),
                    "publication_date": comment.publication_date,
                }
            )
            for comment in erased
        ]
        await self._comments.bulk_write(deletions, ordered=False, session=session)
        return {ObjectId(comment.post_id) for comment in erased}

    async def _keep_comments(self, documents: Sequence[CommentDocument], session: Session) -> set[ObjectId]:
        """Write these comments. Returns the posts that gain comments, and those that lose them."""
        if not documents:
            return set()
        named: Filter = {"_id": {"$in": [document["_id"] for document in documents]}}
        there = await self._comments.find(named, {"post_id": 1}, session=session).to_list()
        names = {each["_id"] for each in there}
        writes = [
            ReplaceOne({"_id": document["_id"]}, document)
            if document["_id"] in names
            else InsertOne(document)
            for document in documents
        ]
        await self._comments.bulk_write(writes, ordered=False, session=session)
        return {each["post_id"] for each in (*documents, *there)}

    async def _keep_posts(
        self,
        posts: Sequence[Post],
        threads: Mapping[ObjectId, Sequence[CommentDocument]],
        session: Session,
    ) -> set[ObjectId]:
        """Write these posts. Returns the ids of those that are new."""
        if not posts:
            return set()
        documents = await self._post_documents(posts, session)
        former = await self._uses.used_by([document["_id"] for document in documents], session)
        parking: Sequence[Filter] = [{"$set": {"slug": {"$concat": ["~", {"$toString": "$_id"}]}}}]
        slugs: Filter = {"slug": {"$in": [document["slug"] for document in documents]}}
        await self._posts.update_many(slugs, parking, session=session)
        if paths := [path for document in documents for path in document.get("paths", ())]:
            # Their posts come later, with the paths that they still have.
            taken: Filter = {"paths": {"$in": paths}}
            await self._posts.update_many(taken, {"$unset": {"paths": ""}}, session=session)
        named: Filter = {"_id": {"$in": [document["_id"] for document in documents]}}
        there = {each["_id"] for each in await self._posts.find(named, {"_id": 1}, session=session).to_list()}
        writes: list[UpdateOne | InsertOne[PostDocument]] = []
        for document in documents:
            if document["_id"] in there:
                writes.append(_change(document))
            else:
                document["comments"] = preview_of(threads[document["_id"]])
                writes.append(InsertOne(document))
        await self._posts.bulk_write(writes, ordered=False, session=session)
        await self._uses.release(former, session)
        return {document["_id"] for document in documents} - there

    async def _refresh(self, ids: Collection[ObjectId], session: Session) -> None:
        """Rebuild the previews of these posts."""
        if not ids:
            return
        oldest = [
            {"$match": {"shown": True}},
            {"$sort": {"publication_date": 1, "_id": 1}},
            {"$limit": COMMENTS_INSIDE},
        ]
        of_post = {"from": COMMENTS, "localField": "_id", "foreignField": "post_id"}
        found = await self._posts.with_options(codec_options=_RAW).aggregate(
            [
                {"$match": {"_id": {"$in": list(ids)}, **LIVING}},
                {"$project": {"_id": 1}},
                {"$lookup": {**of_post, "pipeline": oldest, "as": "comments"}},
            ],
            batchSize=1,  # a document can have 8 MB
            session=session,
        )
        writes: list[UpdateOne] = []
        size = 0
        async for post in found:
            change = {"comments": post["comments"], "stamp": new_stamp()}
            writes.append(UpdateOne({"_id": post["_id"]}, {"$set": change}))
            size += len(post.raw)
            if len(writes) >= _REFRESHED_TOGETHER or size >= _REFRESHED_BYTES:
                await self._posts.bulk_write(writes, ordered=False, session=session)
                writes, size = [], 0
        if writes:
            await self._posts.bulk_write(writes, ordered=False, session=session)


def _by_post(
    documents: Iterable[CommentDocument],
) -> Mapping[ObjectId, Sequence[CommentDocument]]:
    threads: dict[ObjectId, list[CommentDocument]] = defaultdict(list)
    for document in documents:
        threads[document["post_id"]].append(document)
    return threads


def _extend(post_id: ObjectId, comments: Sequence[CommentDocument]) -> UpdateOne:
    """Add new comments to the preview of an existing post."""
    oldest = {"$each": comments, "$sort": {"publication_date": 1, "_id": 1}, "$slice": COMMENTS_INSIDE}
    change = {"$push": {"comments": oldest}, "$set": {"stamp": new_stamp()}}
    return UpdateOne({"_id": post_id, **LIVING}, change)


def _change(document: PostDocument) -> UpdateOne:
    """Set an existing post to this document, except for its preview."""
    fields = {name: value for name, value in document.items() if name not in ("_id", "comments")}
    absent = {name: "" for name in _OPTIONAL if name not in fields}
    return UpdateOne({"_id": document["_id"]}, {"$set": fields} | ({"$unset": absent} if absent else {}))
