"""The list of unsaved text: `GET /users/me/working-copies` of the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.domain.people.names import has_visible
from everpost.domain.writing.working_copies import WorkingCopyState
from everpost.services.drafts.working_copies import page_working_copies
from everpost.web.contexts import Moment
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.urls import with_query

PATH = "/posts/unsaved"
"""Below `/desk`."""
_A_PAGE = 20


class UnsavedQuery(BaseModel):
    """The page of the list."""

    after: Cursor = None


@dataclass(frozen=True, slots=True)
class UnsavedLine:
    """Text that was typed into a post and not saved."""

    id: Id
    title: str
    moment: Moment
    mark: str
    """The state of the post."""


async def show_unsaved(
    desk: CurrentDesk, store: OpenStore, query: Annotated[UnsavedQuery, Query()]
) -> Response:
    """All unsaved text of the user, latest first."""
    page = await page_working_copies(store, desk.actor, limit=_A_PAGE, after=query.after)
    more = encode_cursor(page.rows[-1].position) if page.rows and page.has_more else None
    return desk.page(
        "writing/unsaved.html",
        desk.text("Your unsaved text"),
        lines=lines_of(desk, page.rows),
        more_url=None if more is None else with_query(desk.url(PATH), after=more),
    )


def lines_of(desk: Desk, copies: Sequence[WorkingCopyState]) -> Sequence[UnsavedLine]:
    """The lines of a list of working copies."""
    return [
        UnsavedLine(
            copy.post_id,
            copy.title if copy.title and has_visible(copy.title) else desk.text("Untitled"),
            desk.day(copy.updated_at),
            _mark(desk, copy),
        )
        for copy in copies
    ]


def _mark(desk: Desk, copy: WorkingCopyState) -> str:
    if copy.post is not None and desk.actor.owns(copy.post):
        return desk.text("Unsaved changes")
    if copy.base_updated_at is None:
        return desk.text("Not saved yet")
    return desk.text("Deleted, or no longer yours")
