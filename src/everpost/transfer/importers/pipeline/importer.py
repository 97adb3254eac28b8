"""Taking what another system has into a blog that lives on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostStatus
from everpost.domain.text import normalize_slug
from everpost.errors import Conflict, NotFound, UnreadableSource
from everpost.services.slugs import write_numbered
from everpost.stores.port import Store
from everpost.transfer.importers.model import (
    LONGEST_ID,
    Item,
    Note,
    Problem,
    SourceAuthor,
    SourceComment,
    SourcePost,
    SourceThread,
    shown_as,
)
from everpost.transfer.importers.pipeline.authors import Authors
from everpost.transfer.importers.pipeline.comment_merging import CommentMerge
from everpost.transfer.importers.pipeline.concurrent_writes import MOST_AT_ONCE, ConcurrentWrites
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.stable_ids import SourceSite, is_same_thing
from everpost.transfer.importers.pipeline.threads import Drop, Thread, ThreadBuilder
from everpost.transfer.importers.pipeline.url_matching import Matcher
from everpost.transfer.importers.pipeline.writer import Rehearsal, StoreWriter, Writer
from everpost.transfer.importers.reports.report import NoteSink, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """How an import is carried out, and who is told of it."""

    report: Report
    """Of what became of each thing, as far as the import came."""
    dry_run: bool = False
    """Write nothing; the report is the same."""
    skip_unreadable: bool = False
    """Leave out what cannot be read, instead of importing nothing."""
    progress: Callable[[int, int], None] = lambda _done, _total: None
    """Is told how many posts and threads are done, and of how many."""


async def adopt(
    store: Store,
    items: Iterator[Item],
    run: ImportContext,
    *,
    origin: SourceSite,
    matcher: Matcher | None = None,
) -> None:
    """Import the items that the blog does not have yet. Existing data stays unchanged, so an import can be
    interrupted and repeated at any time. The whole source is read before anything is written, and the report
    lists everything in it that cannot be read. UnreadableSource, BrokenFile, and what the store raises.
    """
    with ImportSpool() as ledger:
        total = _look_through(items, ledger, origin, run)
        writer = Rehearsal(store, ledger) if run.dry_run else StoreWriter(store)
        importer = _Importer(store, writer, ledger, origin, run.report)
        done = 0
        async with ConcurrentWrites(run.report, most=1 if run.dry_run else MOST_AT_ONCE) as writes:
            for item in ledger.items:
                await importer.take(item, writes)
                if isinstance(item, SourcePost):
                    done += 1
                    run.progress(done, total)
        for thread in ledger.threads():
            await importer.take_thread(thread, matcher)
            done += 1
            run.progress(done, total)


def _look_through(items: Iterator[Item], ledger: ImportSpool, origin: SourceSite, run: ImportContext) -> int:
    """Spool all items, record the slugs of posts, and return the number of posts and threads.
    UnreadableSource.
    """
    posts = problems = 0

    def seen() -> Iterator[Item]:
        nonlocal posts, problems
        for item in items:
            if isinstance(item, SourceThread):
                ledger.keep_part(item)
                continue
            if isinstance(item, SourcePost):
                posts += 1
                _claim_slug(item, ledger, origin)
            elif isinstance(item, Problem) and not run.skip_unreadable:
                run.report.unreadable(item)
                problems += 1
            yield item

    ledger.items.fill(seen())
    if problems:
        things = "1 item" if problems == 1 else f"{problems:,} items"
        raise UnreadableSource(
            f"{things} could not be read, so nothing was imported. Fix what the report lists, or skip it with"
            " --skip-unreadable."
        )
    return posts + ledger.count_threads()


def _claim_slug(source: SourcePost, ledger: ImportSpool, origin: SourceSite) -> None:
    if normalize_slug(source.slug or ""):
        slug = Normalizer().slug(source.slug, source.title)
        ledger.claim_slug(slug, _identity(source, origin), is_draft=source.status is PostStatus.DRAFT)


def _identity(source: SourcePost, origin: SourceSite) -> Id:
    """The post's id, whatever its date."""
    return source.id or origin.id_of("post", source.source_id)


class _PresentError(Exception):
    """A post is in the blog already, under this id."""

    def __init__(self, id: Id) -> None:
        self.id = id


class _Importer:
    """One run."""

    def __init__(
        self, store: Store, writer: Writer, ledger: ImportSpool, origin: SourceSite, report: Report
    ) -> None:
        self._store = store
        self._writer = writer
        self._ledger = ledger
        self._origin = origin
        self._report = report
        self._authors = Authors(store, writer, origin, report)
        self._adopter = ThreadBuilder(origin, self._authors.by_source_id)
        self._is_repeated = False
        """Whether the latest post was there already. Where none is, looking for each takes time in vain."""

    async def take(self, item: Item, writes: ConcurrentWrites) -> None:
        """Add what the item is, or has; threads have their own time."""
        if isinstance(item, SourcePost):
            await self._start_post(item, writes)
        elif isinstance(item, SourceAuthor):
            await writes.finish()
            await self._authors.take(item)
        elif isinstance(item, Note | Problem):
            await writes.note(item)

    async def _start_post(self, source: SourcePost, writes: ConcurrentWrites) -> None:
        """Start writing a post; alone, if its slug depends on other imported posts."""
        is_apart = self._has_its_slug(source)
        size = len(source.content) + sum(len(each.content) for each in source.comments)
        if not is_apart:
            await writes.finish()
        await writes.start(partial(self._take_post, source), size)
        if not is_apart:
            await writes.finish()

    def _has_its_slug(self, source: SourcePost) -> bool:
        if not normalize_slug(source.slug or ""):
            return False
        slug = Normalizer().slug(source.slug, source.title)
        return not self._ledger.is_claimed(slug, by_others_than=_identity(source, self._origin))

    async def take_thread(self, source: SourceThread, matcher: Matcher | None) -> None:
        """Add the comments that are new to the post that they belong to."""
        post_id = None if matcher is None else await matcher.match(self._store, replace(source, comments=()))
        if post_id is None:
            reason = f"no post matches it; comments: {len(source.comments):,}"
            self._report.dropped("thread", shown_as(source.url, source.title), reason)
            return
        name = source.url[:LONGEST_ID]
        drop = _dropper(name, self._report)
        thread = self._adopter.thread(post_id, self._unique(source.comments, drop), drop)
        await CommentMerge(self._store, self._writer, self._report).grow(thread, name)

    async def _take_post(self, source: SourcePost, notes: NoteSink) -> None:
        changes = Normalizer(source.changes)
        post = self._fit(source, changes)
        name = shown_as(source.source_id, post.title)
        if not self._ledger.take_id(_identity(source, self._origin)):
            notes.dropped("post", name, "the source contains its id twice")
            return
        drop = _dropper(name, notes)
        comments = self._unique(source.comments, drop)
        try:
            if self._is_repeated:
                await self._require_new(post)
            slug, thread = await self._add(post, _identity(source, self._origin), comments, drop)
            self._is_repeated = False
        except _PresentError as present:
            self._is_repeated = True
            notes.present("post", name)
            thread = self._adopter.thread(present.id, comments, drop)
            await CommentMerge(self._store, self._writer, notes).grow(thread, name)
            return
        if source.slug and slug != post.slug:
            changes.add(f"the slug {post.slug!r} was taken and became {slug!r}")
        notes.kept("post", name, changes)
        for each in thread:
            notes.kept("comment", f"{each.source_id} on {name}", each.changes)

    def _fit(self, source: SourcePost, changes: Normalizer) -> Post:
        published = changes.moment(source.publication_date)
        title = changes.title(source.title)
        return Post(
            id=source.id or self._origin.id_of("post", source.source_id, published),
            title=title,
            content=changes.content(source.content, source.format),
            format=source.format,
            status=source.status,
            publication_date=published,
            updated_at=published if source.updated_at is None else changes.moment(source.updated_at),
            slug=changes.slug(source.slug, title),
            tags=changes.tags(source.tags),
            author=self._authors.by_source_id.get(source.author_id or ""),
            comment_policy=source.comment_policy,
        )

    async def _require_new(self, post: Post) -> None:
        """_PresentError: an earlier import brought the post, even where its date has changed in the source
        since.
        """
        with suppress(NotFound):
            raise _PresentError((await self._store.posts.get(post.id, comments=0)).id)
        namesake = await self._store.posts.find(post.slug, comments=0)
        if namesake is not None and is_same_thing(namesake.id, post.id):
            raise _PresentError(namesake.id)

    def _require_unclaimed(self, slug: str, identity: Id) -> None:
        if self._ledger.is_claimed(slug, by_others_than=identity):
            raise Conflict("post", "slug")

    async def _add(
        self, post: Post, identity: Id, comments: Sequence[SourceComment], drop: Drop
    ) -> tuple[str, Thread]:
        """Add a post with those of its comments that are on no other post; under which slug, and which.
        _PresentError: the post is there.
        """
        dropped: list[tuple[SourceComment, str]] = []
        thread = self._adopter.thread(post.id, comments, lambda *each: dropped.append(each))
        whole = replace(post, comment_count=thread.approved)

        async def write(slug: str) -> str:
            try:
                self._require_unclaimed(slug, identity)
                await self._writer.add_post(replace(whole, slug=slug), thread.comments)
            except Conflict:
                await self._require_new(post)
                raise
            return slug

        async def is_taken(slug: str) -> bool:
            return self._ledger.is_claimed(slug, identity) or await self._writer.has_slug(slug)

        try:
            slug = await write_numbered(post.slug, write, is_taken)
        except Conflict as conflict:
            if conflict.noun != "comment":
                raise
            strays = [each.source_id for each in thread if await self._store.comments.find(each.comment.id)]
            if not strays:
                raise
            for comment in comments:
                if comment.source_id in strays:
                    drop(comment, "it has already been imported, on another post")
            fewer = [comment for comment in comments if comment.source_id not in strays]
            return await self._add(post, identity, fewer, drop)
        for each in dropped:
            drop(*each)
        return slug, thread

    def _unique(self, comments: Sequence[SourceComment], drop: Drop) -> Sequence[SourceComment]:
        """The comments whose ids this run has not had yet."""
        ids = [self._origin.id_of("comment", comment.source_id) for comment in comments]
        new = self._ledger.take_ids(ids)
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
