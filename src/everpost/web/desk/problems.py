"""Errors as pages of the desk."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request, Response
from starlette.responses import RedirectResponse
from starlette.types import Scope

from everpost.domain.people.actors import PUBLIC, Actor
from everpost.errors import Forbidden, Unauthenticated
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import DESK_ACTOR, SAFE_METHODS, UNCONFIRMED
from everpost.web.desk.frame import PREFIX, Frame, path_of
from everpost.web.desk.writing.own_posts import OF_ANOTHER
from everpost.web.languages import message
from everpost.web.site import last_known_site
from everpost.web.urls import root_of, with_query

_TITLES: Mapping[int, str] = {
    401: message("Your session has ended"),
    403: message("You are not allowed to do this"),
    404: message("Page not found"),
    422: message("Page not found"),
    429: message("Too many requests"),
    500: message("Something went wrong"),
    503: message("The blog is temporarily unavailable"),
}
_UNCONFIRMED = message("Confirm your password")
_ROLE = message("Your role does not include this. An admin of the blog can change your role.")
_NOTHING = message("There is nothing at this address. It may have been mistyped or removed, or is not yours.")
_MESSAGES: Mapping[int, str] = {
    401: message(
        "Nothing was changed. Continue in a new tab, then come back to this page and send it again."
    ),
    404: _NOTHING,
    422: _NOTHING,
    500: message("The error has been logged. Try again later."),
    503: message("Its database is not responding at the moment. Try again in a minute."),
}
_NOT_FOUND = 422
"""A URL with a malformed cursor does not exist."""


def is_of_desk(scope: Scope) -> bool:
    """Whether the request is for the desk."""
    path = path_of(Request(scope))
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def desk_problem(request: Request, status: int, detail: str, error: Exception | None = None) -> Response:
    """The page for an error with this status. If a session is required, a redirect to the page for signing
    in, or for confirming the password, which returns to the page that was requested.
    """
    desk = f"{root_of(request)}{PREFIX}"
    is_unconfirmed = getattr(request.state, UNCONFIRMED, False)
    way = f"{desk}/confirm" if is_unconfirmed else f"{desk}/login"
    query = request.url.query
    target = f"{root_of(request)}{quote(path_of(request))}" + (f"?{query}" if query else "")
    if isinstance(error, Unauthenticated) and request.method in SAFE_METHODS:
        return RedirectResponse(with_query(way, next=target), 303, DESK_HEADERS)
    language = _frame(request).language_of(request)
    title = _UNCONFIRMED if is_unconfirmed else _TITLES.get(status) or HTTPStatus(status).phrase
    actor: Actor = getattr(request.state, DESK_ACTOR, PUBLIC)
    text = _MESSAGES.get(status)
    if isinstance(error, Forbidden) and actor.user is not None:
        text = OF_ANOTHER if error.message == OF_ANOTHER else _ROLE
    shown = 404 if status == _NOT_FOUND else status
    values: dict[str, object] = {
        "site": last_known_site(request),
        "heading": language.text(title),
        "text": detail if text is None else language.text(text),
        "is_english": text is None,
        "status": shown,
        "is_form": request.method not in SAFE_METHODS,
        "again": target,
        "way": way,
        "notice": None,
        "waiting": "",
        "is_exposed": False,
        "errors": {},
    }
    body = _frame(request).render("error.html", request, actor, values)
    return Response(body, shown, DESK_HEADERS, media_type="text/html")


def _frame(request: Request) -> Frame:
    frame: Frame = request.app.state.desk
    return frame
