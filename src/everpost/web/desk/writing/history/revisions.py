"""The revisions of a post: `/posts/{post_id}/revisions` of the API."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import PostId
from everpost.api.routing.revision_parameters import RevisionCursor, RevisionNumber
from everpost.domain.ids import Id
from everpost.domain.paging import encode_word
from everpost.domain.people.names import has_visible
from everpost.domain.posts import PostStatus
from everpost.domain.writing.history import PostRevision
from everpost.services.history.revisions import (
    list_revisions,
    read_current_revision,
    read_revision,
    restore_revision,
)
from everpost.stores.port import Store
from everpost.web.contexts import Moment
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted
from everpost.web.desk.writing.history.changes import changed_fields
from everpost.web.desk.writing.own_posts import own_post
from everpost.web.forms.errors import FormError
from everpost.web.urls import with_query

_A_PAGE = 50


class RevisionsQuery(BaseModel):
    """The page of the list."""

    after: RevisionCursor = None


class ComparisonQuery(BaseModel):
    """How a revision is compared."""

    compared: Literal["current", "before"] = "current"


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision in the list."""

    number: int
    title: str
    editor: str
    """The name of the user who saved it; empty if unknown."""
    moment: Moment
    is_current: bool
    is_published: bool


async def show_revisions(
    desk: CurrentDesk, store: OpenStore, post_id: PostId, query: Annotated[RevisionsQuery, Query()]
) -> Response:
    """The list of revisions, latest first."""
    page = await list_revisions(store, desk.actor, post_id, limit=_A_PAGE, before=query.after)
    more = encode_word(str(page.rows[-1].number)) if page.rows and page.has_more else None
    is_start = query.after is None
    lines = [_line(desk, each, is_current=is_start and not place) for place, each in enumerate(page.rows)]
    return desk.page(
        "writing/revisions.html",
        desk.text("Revisions"),
        id=post_id,
        lines=lines,
        more_url=None if more is None else with_query(desk.url(f"/posts/{post_id}/revisions"), after=more),
    )


async def show_revision(
    desk: CurrentDesk,
    store: OpenStore,
    post_id: PostId,
    number: RevisionNumber,
    query: Annotated[ComparisonQuery, Query()],
) -> Response:
    """The differences between a revision and the current one, or the one before."""
    return await _comparison(desk, store, post_id, number, query.compared)


async def restore(
    request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId, number: RevisionNumber
) -> Response:
    """Restore a revision: `POST /posts/{post_id}/revisions/{number}/restore`."""
    fields = await read_form(request)
    match = parse_expected_revision(fields.get("revision", ""))
    try:
        await accepted(
            request,
            desk.language,
            lambda: restore_revision(store, desk.actor, post_id, number, match=match),
        )
    except FormError as refused:
        return await _comparison(desk, store, post_id, number, "current", refused)
    return desk.redirect(f"/posts/{post_id}", notice="revision-restored")


async def _comparison(
    desk: Desk,
    store: Store,
    post_id: Id,
    number: int,
    compared: str,
    refused: FormError | None = None,
) -> Response:
    post = await own_post(store, desk, post_id)
    revision = await read_revision(store, desk.actor, post_id, number)
    current = await read_current_revision(store, desk.actor, post_id)
    is_current = current.number == number
    if compared == "before" or is_current:
        old, new = await _before(store, desk, revision), revision
    else:
        old, new = revision, current
    changes = await asyncio.to_thread(changed_fields, old or new, new)
    return desk.page(
        "writing/revision.html",
        desk.text("Revision %(number)s", number=number),
        refused=refused,
        id=post_id,
        line=_line(desk, revision, is_current=is_current),
        content=revision.content if old is None else None,
        compared="before" if is_current else compared,
        changes=changes,
        is_first=old is None,
        is_public=post.status is PostStatus.PUBLISHED,
        revision=revision_text(post.revision),
    )


async def _before(store: Store, desk: Desk, revision: PostRevision) -> PostRevision | None:
    """The revision before; None if there is none."""
    page = await list_revisions(store, desk.actor, revision.post_id, limit=1, before=revision.number)
    for found in page.rows:
        return await read_revision(store, desk.actor, revision.post_id, found.number)
    return None


def _line(desk: Desk, revision: PostRevision, *, is_current: bool) -> RevisionLine:
    return RevisionLine(
        revision.number,
        revision.title if has_visible(revision.title) else desk.text("Untitled"),
        "" if revision.edited_by is None else revision.edited_by.name,
        desk.minute(revision.saved_at),
        is_current,
        revision.is_published,
    )
