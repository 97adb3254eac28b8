"""Importing items from another system into an existing blog."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.text import normalize_slug, numbered_slug
from everpost.errors import Conflict, NotFound, UnreadableSource
from everpost.services.slugs import write_numbered
from everpost.stores.port import Store
from everpost.transfer.importers.model import (
    LONGEST_ID,
    Item,
    Note,
    SourceAuthor,
    SourceBlog,
    SourceComment,
    SourcePost,
    SourceThread,
    UnreadablePart,
    shown_as,
)
from everpost.transfer.importers.pipeline.authors import AuthorImporter
from everpost.transfer.importers.pipeline.blog_settings import fill_settings
from everpost.transfer.importers.pipeline.comment_merge import CommentMerge
from everpost.transfer.importers.pipeline.concurrent_writes import MOST_AT_ONCE, ConcurrentWrites
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.posts import identity, normalized_post, reserve_addresses
from everpost.transfer.importers.pipeline.stable_ids import SourceSite, is_same_identity
from everpost.transfer.importers.pipeline.threads import Drop, ImportedThread, ThreadBuilder
from everpost.transfer.importers.pipeline.url_matching import Matcher
from everpost.transfer.importers.pipeline.writer import Rehearsal, StoreWriter, Writer
from everpost.transfer.importers.reports.import_report import ImportReport, NoteSink


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """How an import runs, and where it reports to."""

    report: ImportReport
    """The outcome of each item, as far as the import got."""
    dry_run: bool = False
    """Write nothing; the report is the same."""
    skip_unreadable: bool = False
    """Leave out the items that cannot be read, instead of importing nothing."""
    progress: Callable[[int, int], None] = lambda _done, _total: None
    """Called with the number of posts and threads imported so far, and the total."""


async def import_items(
    store: Store,
    items: Iterator[Item],
    context: ImportContext,
    *,
    origin: SourceSite,
    matcher: Matcher | None = None,
) -> None:
    """Import the items that the blog does not have yet. Existing data stays unchanged, so an import can be
    interrupted and repeated at any time. The whole source is read before anything is written, and the report
    lists everything in it that cannot be read. Raises UnreadableSource, BrokenFile, the errors of the store.
    """
    with ImportSpool() as spool:
        total = _spool_items(items, spool, origin, context)
        writer = Rehearsal(store, spool) if context.dry_run else StoreWriter(store)
        importer = _Importer(store, writer, spool, origin, context.report)
        done = 0
        async with ConcurrentWrites(context.report, most=1 if context.dry_run else MOST_AT_ONCE) as writes:
            for item in spool.items:
                await importer.import_item(item, writes)
                if isinstance(item, SourcePost):
                    done += 1
                    context.progress(done, total)
        for thread in spool.threads():
            await importer.import_thread(thread, matcher)
            done += 1
            context.progress(done, total)


def _spool_items(
    items: Iterator[Item], spool: ImportSpool, origin: SourceSite, context: ImportContext
) -> int:
    """Spool all items, reserve the slugs and paths of posts, and return the number of posts and threads.
    Raises UnreadableSource.
    """
    posts = problems = 0

    def items_to_spool() -> Iterator[Item]:
        nonlocal posts, problems
        for item in items:
            if isinstance(item, SourceThread):
                spool.add_part(item)
                continue
            if isinstance(item, SourcePost):
                posts += 1
                reserve_addresses(item, spool, origin)
            elif isinstance(item, UnreadablePart) and not context.skip_unreadable:
                context.report.unreadable(item)
                problems += 1
            yield item

    spool.items.fill(items_to_spool())
    if problems:
        things = "1 item" if problems == 1 else f"{problems:,} items"
        raise UnreadableSource(
            f"{things} could not be read, so nothing was imported. Fix what the report lists, or skip it with"
            " --skip-unreadable."
        )
    return posts + spool.count_threads()


class _PresentError(Exception):
    """The blog already has the post, under this id."""

    def __init__(self, id: Id) -> None:
        self.id = id


class _Importer:
    """The state of one import."""

    def __init__(
        self, store: Store, writer: Writer, spool: ImportSpool, origin: SourceSite, report: ImportReport
    ) -> None:
        self._store = store
        self._writer = writer
        self._spool = spool
        self._origin = origin
        self._report = report
        self._authors = AuthorImporter(store, writer, origin, report)
        self._thread_builder = ThreadBuilder(origin, self._authors.by_source_id)
        self._was_present = False
        """Whether the blog already had the latest post: then the next one is looked up before writing."""

    async def import_item(self, item: Item, writes: ConcurrentWrites) -> None:
        """Import an item, or report a note. Threads are imported at the end."""
        if isinstance(item, SourcePost):
            await self._start_post(item, writes)
        elif isinstance(item, SourceAuthor):
            await writes.finish()
            await self._authors.add(item)
        elif isinstance(item, SourceBlog):
            await writes.finish()
            await fill_settings(self._store, self._writer, item, self._report)
        elif isinstance(item, Note | UnreadablePart):
            await writes.note(item)

    async def _start_post(self, source: SourcePost, writes: ConcurrentWrites) -> None:
        """Start writing a post; alone, if its slug depends on other imported posts."""
        is_independent = self._owns_its_slug(source)
        size = len(source.content) + sum(len(each.content) for each in source.comments)
        if not is_independent:
            await writes.finish()
        await writes.start(partial(self._import_post, source), size)
        if not is_independent:
            await writes.finish()

    def _owns_its_slug(self, source: SourcePost) -> bool:
        if not normalize_slug(source.slug or ""):
            return False
        slug = Normalizer().slug(source.slug, source.title)
        return not self._spool.is_reserved(slug, except_for=identity(source, self._origin))

    async def import_thread(self, source: SourceThread, matcher: Matcher | None) -> None:
        """Add the new comments to the post that the thread belongs to."""
        post_id = None if matcher is None else await matcher.match(self._store, replace(source, comments=()))
        if post_id is None:
            reason = f"no post matches it; comments: {len(source.comments):,}"
            self._report.dropped("thread", shown_as(source.url, source.title), reason)
            return
        name = source.url[:LONGEST_ID]
        drop = _dropper(name, self._report)
        thread = self._thread_builder.build(post_id, self._unique(source.comments, drop), drop)
        await CommentMerge(self._store, self._writer, self._report).merge(thread, name)

    async def _import_post(self, source: SourcePost, notes: NoteSink) -> None:
        changes = Normalizer(source.changes)
        post = normalized_post(source, changes, self._origin, self._authors.by_source_id)
        name = shown_as(source.source_id, post.title)
        if not self._spool.add_id(identity(source, self._origin)):
            notes.dropped("post", name, "the source contains its id twice")
            return
        drop = _dropper(name, notes)
        comments = self._unique(source.comments, drop)
        try:
            if self._was_present:
                await self._require_new(post)
            added, thread = await self._add(post, identity(source, self._origin), comments, drop)
            self._was_present = False
        except _PresentError as present:
            self._was_present = True
            notes.already_present("post", name)
            thread = self._thread_builder.build(present.id, comments, drop)
            await CommentMerge(self._store, self._writer, notes).merge(thread, name)
            return
        if source.slug and added.slug != post.slug:
            changes.add_number(post.slug, added.slug)
        if lost := [path for path in post.paths if path not in {*added.paths, f"/{added.slug}"}]:
            changes.add("old paths that are taken were left out: " + ", ".join(lost))
        notes.imported("post", name, changes)
        for each in thread:
            notes.imported("comment", f"{each.source_id} on {name}", each.changes)

    async def _require_new(self, post: Post) -> None:
        """Raise _PresentError if an earlier import added the post, possibly with another date."""
        with suppress(NotFound):
            raise _PresentError((await self._store.posts.get(post.id, comments=0)).id)
        found = await self._store.posts.find(numbered_slug(post.slug, 1), comments=0)
        if found is not None and is_same_identity(found.id, post.id):
            raise _PresentError(found.id)

    async def _add(
        self, post: Post, owner: Id, comments: Sequence[SourceComment], drop: Drop
    ) -> tuple[Post, ImportedThread]:
        """Add a post, without the comments and the paths that another post already has; return it with its
        thread. Raises _PresentError if the blog already has it.
        """
        dropped: list[tuple[SourceComment, str]] = []
        thread = self._thread_builder.build(post.id, comments, lambda *each: dropped.append(each))
        paths = self._spool.own_paths(post.paths, owner)
        counted = replace(post, comment_count=thread.approved, paths=paths)

        async def write(slug: str) -> Post:
            try:
                self._spool.require_unreserved(slug, owner)
                taken = None if slug == post.slug else f"/{post.slug}"
                free = tuple(path for path in counted.paths if path != taken)
                return await self._write(replace(counted, slug=slug, paths=free), thread)
            except Conflict:
                await self._require_new(post)
                raise

        async def is_taken(slug: str) -> bool:
            return self._spool.is_reserved(slug, owner) or await self._writer.has_slug(slug)

        try:
            added = await write_numbered(post.slug, write, is_taken)
        except Conflict as conflict:
            if conflict.noun != "comment":
                raise
            duplicates = [
                each.source_id for each in thread if await self._store.comments.find(each.comment.id)
            ]
            if not duplicates:
                raise
            for comment in comments:
                if comment.source_id in duplicates:
                    drop(comment, "it has already been imported, on another post")
            others = [comment for comment in comments if comment.source_id not in duplicates]
            return await self._add(post, owner, others, drop)
        for each in dropped:
            drop(*each)
        return added, thread

    async def _write(self, post: Post, thread: ImportedThread) -> Post:
        """Write a post without the paths that another post has, and return it. Raises Conflict."""
        try:
            await self._writer.add_post(post, thread.comments)
        except Conflict as conflict:
            if conflict.field != "paths":
                raise
            free = [path for path in post.paths if not await self._writer.has_path(path)]
            return await self._write(replace(post, paths=tuple(free)), thread)
        return post

    def _unique(self, comments: Sequence[SourceComment], drop: Drop) -> Sequence[SourceComment]:
        """The comments whose ids are new in this import."""
        ids = [self._origin.stable_id("comment", comment.source_id) for comment in comments]
        new = self._spool.add_ids(ids)
        unique: list[SourceComment] = []
        for each, comment in zip(ids, comments, strict=True):
            if each in new:
                new.remove(each)
                unique.append(comment)
            else:
                drop(comment, "the source contains its id twice")
        return unique


def _dropper(post_name: str, notes: NoteSink) -> Drop:
    def drop(comment: SourceComment, reason: str) -> None:
        notes.dropped("comment", f"{comment.source_id} on {post_name}", reason)

    return drop
