"""Items of another system, and importing them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostFormat
from everpost.stores.port import Store
from everpost.transfer.importers.model import (
    Item,
    Outcome,
    SourceAuthor,
    SourceComment,
    SourcePost,
    SourceThread,
)
from everpost.transfer.importers.pipeline.importer import ImportContext, import_items
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import read_posts, read_thread

ORIGIN = SourceSite("wordpress", "https://blog.example")
MOMENT = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
Notes = Sequence[tuple[Outcome, str, str]]

ADA = SourceAuthor(source_id="ada", name="Ada", email="ada@example.org")


def a_source(id: str = "1", *comments: SourceComment) -> SourcePost:
    return SourcePost(
        source_id=id,
        title=f"Post {id}",
        content="<p>Words</p>",
        format=PostFormat.HTML,
        publication_date=MOMENT,
        slug=f"slug-{id}",
        comments=comments,
    )


def source_comment(
    id: str, parent: str | None = None, status: CommentStatus = CommentStatus.APPROVED
) -> SourceComment:
    return SourceComment(
        source_id=id,
        content=f"Words {id}",
        publication_date=MOMENT,
        parent_id=parent,
        status=status,
        name="Bob",
    )


def comment_id(source_id: str) -> Id:
    return ORIGIN.stable_id("comment", source_id, MOMENT)


class ById:
    """Takes the URL of a thread as the id of a post."""

    async def match(self, store: Store, thread: SourceThread) -> Id | None:
        assert thread.comments == ()
        return Id(thread.url) if (await store.posts.find(thread.title, comments=0)) else None


async def run_import(
    store: Store, *items: Item, dry_run: bool = False, skip_unreadable: bool = False
) -> Notes:
    """Import the items; return the notes of the report."""
    with ImportReport() as report:
        context = ImportContext(report=report, dry_run=dry_run, skip_unreadable=skip_unreadable)
        await import_items(store, iter(items), context, origin=ORIGIN, matcher=ById())
        return [(note.outcome, note.kind, note.name) for note in report.notes()]


async def all_of(store: Store) -> tuple[Sequence[Post], Sequence[Sequence[Comment]]]:
    posts = await read_posts(store)
    return posts, [await read_thread(store, post.id) for post in posts]
