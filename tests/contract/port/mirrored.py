"""A thread in a store and a model of it in plain Python, to compare the two."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Unpack

from everpost.domain.comments import Branch, Comment, CommentChange, CommentQuery, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.posts import Post
from everpost.domain.records import Batch
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import Removal
from everpost.stores.port import Store
from tests.contract.port.examples import CommentFields, comment_on, read_post, read_thread

FIRST_REPLIES = 2
"""How many replies to each comment are compared as the first page of a branch."""


class MirroredThread:
    """The thread of one post. A change is made in the store and in the mirror, and the results are compared
    at once; `assert_same` compares every way to read the thread.
    """

    def __init__(self, store: Store, post: Post, thread: Sequence[Comment] = ()) -> None:
        self.store = store
        self.post = post
        self.version = post.version
        self._comments = {comment.id: comment for comment in thread}
        self.removed: dict[Id, Comment] = {}
        """The comments as they were before they were removed, if their words were kept."""

    async def add(self, **fields: Unpack[CommentFields]) -> Comment:
        added = await comment_on(self.store, self.post.id, **fields)
        parent_id = fields.get("parent_id")
        depth = 0 if parent_id is None else self._comments[parent_id].depth + 1
        self._comments[added.id] = replace(added, depth=depth, version=1, reply_count=0)
        self.version += 1
        assert added == self._comments[added.id]
        return added

    async def load(self, comments: Sequence[Comment]) -> None:
        """Add top-level comments together, as a move does: much faster than one after the other."""
        self._comments |= {comment.id: comment for comment in comments}
        self.version += len(comments)
        post = replace(self.post, version=self.version, comment_count=len(self.approved()))
        in_order = sorted(comments, key=lambda comment: comment.position)
        await self.store.records.write(Batch(kept=[post, *in_order]))

    async def save(self, id: Id, change: CommentChange) -> Comment:
        seen = self.comments()[id]
        saved = await self.store.comments.save(self.post.id, id, change, match=await self._match(id))
        self._comments[id] = replace(
            seen,
            content=seen.content if change.content is None else change.content,
            updated_at=seen.updated_at if change.content is None else change.updated_at,
            status=change.status or seen.status,
            version=seen.version + 1,
        )
        self.version += 1
        assert saved == self.comments()[id]
        return saved

    async def remove(self, id: Id, *, removal: Removal | None = None) -> None:
        seen = self.comments()[id]
        await self.store.comments.remove(self.post.id, id, match=await self._match(id), removal=removal)
        if removal is not None and seen.content:
            self.removed[id] = seen
        del self._comments[id]
        if any(comment.parent_id == id for comment in self._comments.values()):
            self._comments[id] = tombstone_of(seen)
        self.version += 1

    async def restore(self, id: Id) -> None:
        """Restore a comment whose parent exists."""
        removed = self.removed.pop(id)
        there = self._comments.get(id)
        version = (removed if there is None else there).version + 1
        self._comments[id] = replace(removed, version=version, reply_count=0)
        self.version += 1
        assert await self.store.trash.restore_comment(self.post.id, id) == self.comments()[id]

    def can_be_restored(self, id: Id) -> bool:
        parent_id = self.removed[id].parent_id
        return parent_id is None or parent_id in self._comments

    async def _match(self, id: Id) -> ExpectedRevisions:
        """Its current revision; the stamp comes from the store."""
        return frozenset({(await self.store.comments.get(self.post.id, id)).revision})

    def comments(self) -> Mapping[Id, Comment]:
        """All comments, shown or not."""
        replies: Counter[Id] = Counter()
        counted = {}
        for comment in sorted(self._comments.values(), key=lambda comment: -comment.depth):
            count = replies[comment.id]
            counted[comment.id] = (
                comment if comment.reply_count == count else replace(comment, reply_count=count)
            )
            if comment.parent_id is not None:
                replies[comment.parent_id] += counted[comment.id].is_shown
        return counted

    def approved(self) -> Sequence[Comment]:
        """The comments that accept replies."""
        return [each for each in self.comments().values() if each.status is CommentStatus.APPROVED]

    async def assert_same(self, *, one_by_one: Collection[Id] | None = None) -> None:
        """Compare every way to read the thread, and each comment, or only the given ones."""
        comments = self.comments()
        shown = sorted((each for each in comments.values() if each.is_shown), key=lambda each: each.position)
        await self._assert_flat(shown)
        await self._assert_branches(shown)
        await self._assert_queues()
        for name in comments if one_by_one is None else one_by_one:
            assert await self.store.comments.find(name) == comments.get(name)
            if name in comments:
                assert await self.store.comments.get(self.post.id, name) == comments[name]

    async def _assert_flat(self, shown: Sequence[Comment]) -> None:
        assert await read_thread(self.store, self.post.id, limit=7 if len(shown) < 50 else 100) == shown
        post = await read_post(self.store, self.post.id)
        count = len(self.approved())
        assert post == replace(
            self.post, version=self.version, comment_count=count, comments=tuple(shown[:100])
        )

    async def _assert_branches(self, shown: Sequence[Comment]) -> None:
        roots = [each for each in shown if each.parent_id is None]
        assert await read_thread(self.store, self.post.id, branch=Branch(None), limit=20) == roots
        asked = list(self._comments)[:1_000]
        pages = await self.store.comments.branches(self.post.id, asked, limit=FIRST_REPLIES)
        assert set(pages) == set(asked)
        for parent_id in asked:
            replies = [each for each in shown if each.parent_id == parent_id]
            first = tuple(replies[:FIRST_REPLIES])
            assert pages[parent_id] == Page(first, has_more=len(replies) > FIRST_REPLIES)
            if len(replies) > FIRST_REPLIES:
                query = CommentQuery(
                    post_id=self.post.id, branch=Branch(parent_id), limit=100, after=first[-1].position
                )
                rest = tuple(replies[FIRST_REPLIES:])
                assert await self.store.comments.page(query) == Page(rest, has_more=False)

    async def _assert_queues(self) -> None:
        """Compare the queues of the post's author, who has no other post."""
        if self.post.author is None:
            return
        for status in CommentStatus:
            waiting = [each for each in self.comments().values() if each.status is status]
            newest_first = sorted(waiting, key=lambda each: each.position, reverse=True)
            assert await read_queue(self.store, status, post_author_id=self.post.author.id) == newest_first


def tombstone_of(comment: Comment) -> Comment:
    """The tombstone of a removed comment with replies."""
    return replace(
        comment,
        status=CommentStatus.REMOVED,
        content="",
        author=None,
        guest_name=None,
        key_digest=None,
        version=comment.version + 1,
    )


async def read_queue(
    store: Store, status: CommentStatus, *, post_author_id: Id | None = None, limit: int = 100
) -> Sequence[Comment]:
    """Every comment with the status, page by page."""
    comments: list[Comment] = []
    after: Position | None = None
    while True:
        query = QueueQuery(status=status, limit=limit, after=after, post_author_id=post_author_id)
        page = await store.comments.queue(query)
        comments.extend(page.rows)
        if not page.has_more:
            return comments
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position
