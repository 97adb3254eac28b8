"""Maps errors to problem documents (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from everpost.api.http.body_checks import COUNT
from everpost.api.http.error_details import detail_of
from everpost.api.http.responses import JsonResponse
from everpost.api.middleware.methods import allowed_methods
from everpost.api.schemas.problems import FieldError, Place, Problem
from everpost.errors import (
    Busy,
    Conflict,
    EverpostError,
    Forbidden,
    InTrash,
    InUse,
    Invalid,
    LastAdmin,
    Misconfigured,
    NoPages,
    NotFound,
    NotInTrash,
    OutOfSpace,
    ParentRemoved,
    PreconditionRequired,
    SchemaMismatch,
    Stale,
    TooMany,
    TooManyTokens,
    Unauthenticated,
    Unreachable,
)
from everpost.media.refusals import Damaged, Refused, TooCostly, TooLarge, UnsupportedType

STATUSES: Final[Mapping[type[EverpostError], int]] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LastAdmin: 409,
    TooManyTokens: 409,
    NoPages: 409,
    InTrash: 409,
    NotInTrash: 409,
    ParentRemoved: 409,
    InUse: 409,
    Stale: 412,
    TooLarge: 413,
    UnsupportedType: 415,
    Invalid: 422,
    Damaged: 422,
    TooCostly: 422,
    Refused: 422,
    PreconditionRequired: 428,
    TooMany: 429,
    Busy: 503,
    Unreachable: 503,
    SchemaMismatch: 503,
    Misconfigured: 503,
    OutOfSpace: 507,
}
MEDIA_TYPE = "application/problem+json"
MAX_FIELD_NAME = 64
"""Characters. Names of unknown fields, which the client chose, are truncated to this length."""
MAX_ERRORS = 20
"""Errors that one response lists; the others are only counted."""
MAX_DETAIL = 500
"""Characters."""

_INVALID = "The request is invalid: see `errors`."
_RETRY_AFTER = {"retry-after": "1"}
_log = structlog.get_logger("everpost")

# The phrases of RFC 9110, which http.HTTPStatus has only since Python 3.13.
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


class ProblemResponse(JsonResponse):
    """A response with a problem document."""

    media_type = MEDIA_TYPE

    def __init__(self, content: Problem, status_code: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)
        self.problem = content


def problem(
    status: int,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """A response with a problem document about an error that is not an `EverpostError`."""
    return ProblemResponse(_content(status, detail, errors), status, headers)


def log_unusable_database(error: EverpostError) -> None:
    """Log why the database cannot be used, which clients are not told."""
    _log.error("the database cannot be used", reason=error.message)


def problem_of(error: EverpostError) -> Problem:
    """The problem document of an error. An error that has no status is raised again."""
    status = STATUSES.get(type(error))
    if status is None:
        raise error
    detail = error.message
    if isinstance(error, NotFound):
        detail = f"There is no such {error.noun}."
    elif isinstance(error, Invalid):
        detail = _INVALID
    elif isinstance(error, Unreachable | SchemaMismatch | Misconfigured):
        log_unusable_database(error)
        detail = "The database is not available. Try again later."
    return _content(status, detail, _errors(error))


def handle_problems(app: FastAPI, log_refusal: Callable[[Request, EverpostError], Awaitable[None]]) -> None:
    """Install the exception handlers: every error that has a status is answered with a problem document.
    `log_refusal` is called first for Everpost's own errors.
    """

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, EverpostError):
            await log_refusal(request, error)
        return problem_response(request, error)

    for kind in (EverpostError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def refusal(place: Place, field: str, detail: str) -> RequestValidationError:
    """A validation error about one field in this part of the request."""
    return RequestValidationError([{"loc": (place, field), "msg": detail, "type": "value_error"}])


def problem_response(request: Request, error: Exception) -> ProblemResponse:
    """The response to an error. An error that has no status is raised again."""
    match error:
        case EverpostError():
            return _answer_error(error)
        case RequestValidationError():
            return problem(422, _INVALID, errors=_describe_all(error.errors()))
        case HTTPException(status_code=405):
            return problem(
                405,
                "This resource does not support the request method: see the Allow header.",
                headers={"allow": allowed_methods(request)},
            )
        case HTTPException(status_code=404):
            return problem(404, "There is no resource at this path.")
        case HTTPException():
            return problem(error.status_code, error.detail, headers=error.headers)
    raise error


def _answer_error(error: EverpostError) -> ProblemResponse:
    content = problem_of(error)
    status = content["status"]
    return ProblemResponse(content, status, _headers(error, status))


def _content(status: int, detail: str, errors: list[FieldError] | None) -> Problem:
    content: Problem = {
        "type": "about:blank",
        "title": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail[:MAX_DETAIL],
    }
    if errors is not None:
        content["errors"] = errors
    return content


def _errors(error: EverpostError) -> list[FieldError] | None:
    """The fields that caused the error."""
    match error:
        case LastAdmin():
            return [_field_error("path", "user_id", error.message)]
        case InUse():
            return [_field_error("path", "file_id", detail) for detail in _details_of(error)]
        case Conflict():
            return [_field_error("body", error.field, error.message)]
        case Invalid():
            return [_field_error("body", error.field, error.reason)]
        case Refused() if not isinstance(error, TooLarge | UnsupportedType):
            return [_field_error("body", "file", error.message)]
    return None


def _details_of(error: InUse) -> Sequence[str]:
    """The posts that use a file."""
    named = [f"is used by {title!r} ({post_id})" for title, post_id in error.uses[:MAX_ERRORS]]
    return named or ["is used by posts that you may not see"]


def _headers(error: EverpostError, status: int) -> Mapping[str, str] | None:
    """Headers that say how or when to try again."""
    match error:
        case Unauthenticated():
            return {"www-authenticate": _challenge(error)}
        case TooMany():
            return {"retry-after": str(error.retry_after)}
    return _RETRY_AFTER if status == 503 else None


def _challenge(error: Unauthenticated) -> str:
    """The Bearer challenge (RFC 6750, section 3)."""
    return 'Bearer realm="everpost"' + (', error="invalid_token"' if error.is_bad_token else "")


def _describe_all(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    described = [_describe(each) for each in errors[:MAX_ERRORS]]
    if len(errors) > MAX_ERRORS:
        place, *_ = errors[MAX_ERRORS]["loc"]
        others = sum(each.get(COUNT, 1) for each in errors[MAX_ERRORS:])
        described.append(_field_error(place, "", f"{others:,} more errors are not listed"))
    return described


def _describe(error: Mapping[str, Any]) -> FieldError:
    place, *names = error["loc"]
    return _field_error(place, ".".join(map(str, names)), detail_of(error))


def _field_error(place: Place, field: str, detail: str) -> FieldError:
    # A name in JSON may contain half a surrogate pair.
    name = field[:MAX_FIELD_NAME].encode(errors="replace").decode()
    return {"field": name, "in": place, "detail": detail[:MAX_DETAIL]}
