"""The moderation queue over HTTP."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import parse_expected_revision
from everpost.api.http.problems import problem_of
from everpost.api.http.representations import Representation
from everpost.api.http.responses import JsonResponse, listed
from everpost.api.routing.dependencies import CurrentRenderer, OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import IfNoneMatch, QueueParameters
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.comments import DecisionRead, Decisions, read_for_moderators
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.domain.people.users import Author
from everpost.errors import EverpostError
from everpost.services import moderation
from everpost.services.moderation import Decision, editors_of, page_queue
from everpost.stores.deadlines import ending


async def list_moderation_queue(
    request: Request,
    store: OpenStore,
    renderer: CurrentRenderer,
    actor: CurrentMember,
    query: Annotated[QueueParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the comments that you may moderate, newest first.

    By default, these are the comments that are waiting for a decision. Authors moderate the comments on
    their own posts; editors and admins moderate all comments. Requires the scope `comments:moderate`.
    """
    page = await page_queue(store, actor, query.status, limit=min(query.limit, MAX_LIMIT), after=query.after)
    headers = {}
    if page.rows and page.has_more:
        cursor = encode_cursor(page.rows[-1].position)
        headers["link"] = next_link(request, path_of(request, "/comments"), cursor)
    editors = await editors_of(store, page.rows)
    rows = [read_for_moderators(each, editors) for each in page.rows]
    chosen = Representation.chosen(query.include, query.fields)
    return listed(rows if chosen is None else await chosen.comments(rows, renderer), headers, if_none_match)


async def moderate_comments(store: OpenStore, actor: CurrentMember, body: Decisions) -> Response:
    """Moderate several comments at once.

    Each decision succeeds or fails on its own; one that names an outdated `revision` fails with a 412
    problem. Requires the scope `comments:moderate`.
    """
    decisions = [
        Decision(each["id"], each["status"], parse_expected_revision(each["revision"])) for each in body
    ]
    outcomes = await moderation.moderate_comments(store, actor, decisions)
    editors: Mapping[Id, Author] = {}
    with suppress(EverpostError), ending(None):  # the decisions are made, even if the deadline has passed
        editors = await editors_of(store, [each for each in outcomes if isinstance(each, Comment)])
    made = zip(decisions, outcomes, strict=True)
    return JsonResponse([_read(each.id, outcome, editors) for each, outcome in made])


def _read(id: Id, outcome: Comment | EverpostError, editors: Mapping[Id, Author]) -> DecisionRead:
    if isinstance(outcome, Comment):
        return {"id": id, "comment": read_for_moderators(outcome, editors), "problem": None}
    return {"id": id, "comment": None, "problem": problem_of(outcome)}
