"""Errors as pages in the style of the blog."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from everpost.api.http.problems import problem_response
from everpost.errors import EverpostError
from everpost.web.content_security import PUBLIC_HEADERS
from everpost.web.contexts import ErrorPage, Metadata
from everpost.web.desk.problems import desk_problem, is_of_desk
from everpost.web.desk.unsent_forms import remember_form
from everpost.web.forms.unsent_comments import unsent_comment
from everpost.web.languages import message
from everpost.web.rendering import Templates
from everpost.web.site import last_known_language, last_known_site

_NOTHING = message(
    "There is nothing at this address. It may have been mistyped, or the page may have been removed."
)
_NO_FORM = message("The form could not be read. Go back, and try again.")
_TEXTS: Mapping[int, tuple[str, str]] = {
    400: (message("Bad request"), _NO_FORM),
    403: (message("Forbidden"), message("The form was not sent from a page of this blog.")),
    404: (message("Page not found"), _NOTHING),
    405: (message("Method not allowed"), message("This address does not accept this kind of request.")),
    413: (message("The form is too large"), message("Go back, and shorten the text.")),
    414: (message("The address is too long"), _NOTHING),
    415: (message("Bad request"), _NO_FORM),
    422: (message("Page not found"), _NOTHING),
    429: (message("Too many requests"), message("Try again later.")),
    431: (
        message("Bad request"),
        message("The headers of the request are too large. Delete the cookies of this site."),
    ),
    500: (message("Something went wrong"), message("The error has been logged. Try again later.")),
    503: (
        message("The blog is temporarily unavailable"),
        message("Its database is not responding at the moment. Try again in a minute."),
    ),
}
"""The heading and the text of the page, by status."""
_STATUSES = {422: 404}
"""A URL with a malformed cursor does not exist."""
_KEPT = ("allow", "content-range", "retry-after", "www-authenticate")


def error_page(scope: Scope, status: int, detail: str) -> Response:
    """An error page for a request that was refused before it was routed."""
    return _page(Request(scope), status, detail)


def handle_as_pages(app: FastAPI, log_refusal: Callable[[Request, EverpostError], Awaitable[None]]) -> None:
    """Install the exception handlers: every error that has a status is answered with a page. `log_refusal` is
    called first for Everpost's own errors.
    """

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, EverpostError):
            await log_refusal(request, error)
        found = problem_response(request, error)
        if is_of_desk(request.scope):
            await remember_form(request)
        page = _page(request, found.status_code, found.problem["detail"], error)
        page.headers.update({name: found.headers[name] for name in _KEPT if name in found.headers})
        return page

    for kind in (EverpostError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def _page(request: Request, status: int, detail: str, error: Exception | None = None) -> Response:
    if is_of_desk(request.scope):
        return desk_problem(request, status, detail, error)
    templates: Templates = request.app.state.presentations.templates
    site, language = last_known_site(request), last_known_language(request)
    title, text = _TEXTS.get(status) or (HTTPStatus(status).phrase, detail)
    title = language.text(title)
    context = ErrorPage(
        site=site,
        meta=Metadata(title=f"{title} · {site.title}", is_indexed=False),
        status=_STATUSES.get(status, status),
        heading=title,
        message=language.text(text),
        unsent=unsent_comment(request),
    )
    return Response(
        templates.render_error(context, language), context.status, PUBLIC_HEADERS, media_type="text/html"
    )
