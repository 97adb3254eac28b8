"""The queue: the comments of all posts that the user may moderate, by status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.domain.comments import MAX_DECISIONS, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.services.moderation import ModeratedComment, editors_of, page_queue, with_contexts
from everpost.stores.port import Store
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.moderation.items import LABELS, actions_on, items_of
from everpost.web.desk.moderation.undo import Undo, undo_of
from everpost.web.desk.notices import take_notice
from everpost.web.forms.errors import FormError
from everpost.web.languages import message
from everpost.web.urls import with_query

PATH = "/comments"
"""Below `/desk`."""
KEYS: Sequence[tuple[str, str]] = (
    ("j", message("Next comment")),
    ("k", message("Previous comment")),
    ("x", message("Select the comment")),
    ("a", message("Approve the comment, or all selected ones")),
    ("s", message("Mark as spam")),
    ("r", message("Remove")),
    ("u", message("Undo the latest decision")),
    ("?", message("Show this help")),
)
"""The keys that the script of the page provides."""


class QueuePlace(BaseModel):
    """A page of the queue."""

    status: CommentStatus = CommentStatus.PENDING
    after: Cursor = None

    @property
    def cursor(self) -> str | None:
        return None if self.after is None else encode_cursor(self.after)

    @property
    def path(self) -> str:
        """Below `/desk`."""
        status = None if self.status is CommentStatus.PENDING else self.status
        return with_query(PATH, status=status, after=self.cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of decisions, for the page that shows it."""

    text: str = ""
    undo: Undo | None = None
    changed: Sequence[ModeratedComment] = ()
    """The comments that were not decided, because they had changed."""
    notes: Mapping[Id, str] = field(default_factory=dict)
    """The reason for each of these."""


async def show_queue(store: OpenStore, desk: CurrentDesk, place: Annotated[QueuePlace, Query()]) -> Response:
    """The comments with one status, newest first."""
    notice = take_notice(desk.request, desk.language)
    undo = undo_of(notice)
    text = "" if notice is None else notice.text
    if undo is not None:
        text = decided_text(desk, undo.decided, len(undo.revisions))
    return await queue_page(store, desk, place, Outcome(text=text, undo=undo))


async def queue_page(
    store: Store, desk: Desk, place: QueuePlace, outcome: Outcome, *, refused: FormError | None = None
) -> Response:
    """The page, with the outcome of earlier decisions."""
    page = await page_queue(store, desk.actor, place.status, limit=MAX_DECISIONS, after=place.after)
    again = {each.comment.id for each in outcome.changed}
    comments = await with_contexts(
        store, desk.actor, [comment for comment in page.rows if comment.id not in again]
    )
    editors = await editors_of(store, [each.comment for each in (*outcome.changed, *comments)])
    next_url = None
    if page.rows and page.has_more:
        following = QueuePlace.model_construct(status=place.status, after=page.rows[-1].position)
        next_url = f"{desk.url(following.path)}#queue"
    return desk.page(
        "moderation/comments.html",
        desk.text("Comments"),
        refused=refused,
        place=place,
        outcome=outcome,
        filters=[(QueuePlace(status=each), LABELS[each]) for each in LABELS],
        labels=LABELS,
        keys=KEYS,
        actions=actions_on(place.status),
        changed=await items_of(desk, outcome.changed, editors, outcome.notes),
        items=await items_of(desk, comments, editors, {}),
        next_url=next_url,
    )


def decided_text(desk: Desk, status: CommentStatus, count: int) -> str:
    """The text of the notice about the decided comments."""
    plural = desk.language.plural
    match status:
        case CommentStatus.APPROVED:
            return plural(count, "%(num)d comment approved.", "%(num)d comments approved.")
        case CommentStatus.SPAM:
            return plural(count, "%(num)d comment marked as spam.", "%(num)d comments marked as spam.")
        case CommentStatus.REMOVED:
            return plural(count, "%(num)d comment removed.", "%(num)d comments removed.")
        case CommentStatus.PENDING:
            return desk.text("Undone.")
