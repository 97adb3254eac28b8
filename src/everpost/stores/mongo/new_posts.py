"""Adding posts, with or without a thread."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from pymongo.errors import BulkWriteError, DuplicateKeyError

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.post_paths import PermalinkRule
from everpost.domain.posts import Post
from everpost.domain.text import numbered_slug
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Busy, Conflict, EverpostError, Invalid
from everpost.stores.batching import Batcher, KeyedLocks
from everpost.stores.mongo.engine.errors import is_duplicate
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.media.uses import PostUses, linked_media
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import (
    CommentDocument,
    PostDocument,
    comment_document,
    post_document,
    preview_of,
)
from everpost.stores.mongo.post_paths import permalink_rule
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.queries.slugs import find_conflicts
from everpost.stores.mongo.threads.thread import count_approved
from everpost.stores.mongo.working_copies import remove_saved_copy

_MOST_TOGETHER = 50


class PostInserter:
    """Adds posts. Posts that arrive while others are being added are inserted together. A post with a thread,
    a working copy or links to files is added in a transaction of its own.
    """

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
        slugs: KeyedLocks[str],
    ) -> None:
        self._collections = collections
        self._posts = collections.posts
        self._comments = collections.comments
        self._transactions = transactions
        self._authors = authors
        self._garbage = garbage
        self._uses = PostUses(collections)
        self._insertions = Batcher(self._insert, most=_MOST_TOGETHER)
        self._slugs = slugs

    async def add(
        self, post: Post, thread: Sequence[Comment], *, numbered: bool, saved_copy: SavedCopy | None = None
    ) -> Post:
        """Add a post, and return it as stored. If `numbered` and its slug is taken, it gets the first free
        numbered one. Raises Conflict, Invalid.
        """
        slug = numbered_slug(post.slug, 1) if numbered else post.slug
        kept = replace(post, slug=slug, comment_count=count_approved(thread), comments=())
        rule = await permalink_rule(self._collections) if post.paths else None
        document = post_document(kept if rule is None else _without_permalink(kept, rule))
        comments = [comment_document(comment) for comment in thread]
        document["comments"] = preview_of(comments)
        is_author_known = "author_id" not in document or await self._authors.is_user(document["author_id"])
        write = partial(self._try, document, comments, saved_copy, is_author_known=is_author_known)
        fault = await write()
        if fault is not None:
            async with self._slugs.hold(post.slug):
                await self._repeat(document, comments, write, fault, (post, rule) if numbered else None)
        paths = tuple(document.get("paths", ()))
        return replace(kept, slug=document["slug"], paths=paths, stamp=document["stamp"])

    async def _repeat(
        self,
        document: PostDocument,
        comments: Sequence[CommentDocument],
        write: Callable[[], Awaitable[EverpostError | None]],
        fault: EverpostError | None,
        numbered: tuple[Post, PermalinkRule | None] | None,
    ) -> None:
        """Retry adding a post after removing what conflicts with it, if possible. `numbered`: the post, which
        gets a numbered slug where its own is taken, and the rule of permalinks if it has paths.
        """
        while fault is not None:
            found = await find_conflicts(
                self._collections,
                document["_id"],
                document["slug"],
                document["slug"] if numbered is None else numbered[0].slug,
                document.get("paths", ()),
            )
            if found.by_id is not None and "removed_at" in found.by_id:
                await self._garbage.free_post(document["_id"])
            elif found.by_id is not None:
                raise Conflict("post", "id")
            elif found.by_slug is not None and numbered is None:
                raise Conflict("post", "slug")
            elif found.has_path:
                raise Conflict("post", "paths")
            elif found.by_slug is not None and numbered is not None:
                _rename(document, replace(numbered[0], slug=found.free_slug), numbered[1])
            elif isinstance(fault, Invalid) or not await self._garbage.free_comments(
                [comment["_id"] for comment in comments]
            ):
                raise fault
            fault = await write()

    async def _try(
        self,
        document: PostDocument,
        comments: Sequence[CommentDocument],
        saved_copy: SavedCopy | None,
        *,
        is_author_known: bool,
    ) -> EverpostError | None:
        """Try to add the post. Returns the reason if that fails."""
        if not is_author_known:
            return Invalid("author_id", "should be the id of a user")
        if not (comments or saved_copy or linked_media(document)):
            return await self._insertions.load(document)
        try:
            await self._transactions.run(partial(self._insert_all, document, comments, saved_copy))
        except Conflict as conflict:
            return conflict
        return None

    async def _insert_all(
        self,
        document: PostDocument,
        comments: Sequence[CommentDocument],
        saved_copy: SavedCopy | None,
        session: Session,
    ) -> None:
        await self._uses.fill_in(document, session)
        try:
            await self._posts.insert_one(document, session=session)
        except DuplicateKeyError as error:
            raise Conflict("post", "slug") from error
        await remove_saved_copy(self._collections, saved_copy, Id(str(document["_id"])), session)
        if not comments:
            return
        try:
            await self._comments.insert_many(comments, session=session)
        except BulkWriteError as error:
            if is_duplicate(error):
                raise Conflict("comment", "id") from error
            raise

    async def _insert(self, documents: Sequence[PostDocument]) -> Sequence[EverpostError | None]:
        """Insert these posts. Returns the reason for each that could not be inserted."""
        try:
            await self._posts.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise Busy from error  # inserted, but not acknowledged by the majority
            if not is_duplicate(error):
                raise
            refused = {each["index"] for each in error.details["writeErrors"]}
            conflict = Conflict("post", "slug")
            return [conflict if place in refused else None for place in range(len(documents))]
        return [None] * len(documents)


def _rename(document: PostDocument, post: Post, rule: PermalinkRule | None) -> None:
    """Write the post's slug, and its paths except its own permalink, into its document."""
    document["slug"] = post.slug
    if rule is not None and (paths := rule.without_permalink(post, post.paths)):
        document["paths"] = list(paths)


def _without_permalink(post: Post, rule: PermalinkRule) -> Post:
    return replace(post, paths=rule.without_permalink(post, post.paths))
