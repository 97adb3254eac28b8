"""Errors become answers: one table, one form (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from everpost.api.http.body_checks import COUNT
from everpost.api.http.responses import JsonResponse
from everpost.api.middleware.methods import allowed_methods
from everpost.api.schemas.problems import FieldError, Place, Problem
from everpost.errors import (
    Busy,
    Conflict,
    EverpostError,
    Forbidden,
    Invalid,
    LastAdmin,
    Misconfigured,
    NotFound,
    PreconditionRequired,
    SchemaMismatch,
    Stale,
    TooMany,
    TooManyTokens,
    Unauthenticated,
    Unreachable,
)

STATUSES: Final[Mapping[type[EverpostError], int]] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LastAdmin: 409,
    TooManyTokens: 409,
    Stale: 412,
    Invalid: 422,
    PreconditionRequired: 428,
    TooMany: 429,
    Busy: 503,
    Unreachable: 503,
    SchemaMismatch: 503,
    Misconfigured: 503,
}
MEDIA_TYPE = "application/problem+json"
LONGEST_NAME = 64
"""A client's own name for a field that there is not comes back cut to this length."""
MOST_ERRORS = 20
"""Errors that one answer lists; of the others it only says how many they are."""
LONGEST_DETAIL = 500
"""Characters."""

_UNUSABLE = "The request is invalid: see `errors`."
_RETRY_AFTER = {"retry-after": "1"}
_log = structlog.get_logger("everpost")

# As RFC 9110 has them; http.HTTPStatus changed its own in Python 3.13.
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


class ProblemResponse(JsonResponse):
    """An error as the contract writes it."""

    media_type = MEDIA_TYPE


def problem(
    status: int,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """The answer that says what went wrong."""
    return ProblemResponse(_content(status, detail, errors), status_code=status, headers=headers)


def problem_of(error: EverpostError) -> Problem:
    """The problem document of an error. Raises an error without a status."""
    status = STATUSES.get(type(error))
    if status is None:
        raise error
    detail = error.message
    if isinstance(error, NotFound):
        detail = f"There is no such {error.noun}."
    elif isinstance(error, Invalid):
        detail = _UNUSABLE
    elif isinstance(error, Unreachable | SchemaMismatch | Misconfigured):
        _log.error("the database cannot be used", reason=error.message)
        detail = "The database is not available. Try again later."
    return _content(status, detail, _errors(error))


def handle_problems(app: FastAPI, log_refusal: Callable[[Request, EverpostError], Awaitable[None]]) -> None:
    """Let the application answer every error that has a status with a problem; facts are logged first."""

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, EverpostError):
            await log_refusal(request, error)
        return _answer(request, error)

    for kind in (EverpostError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def refusal(place: Place, field: str, detail: str) -> RequestValidationError:
    """The error that says what is wrong with a value that was sent in this place."""
    return RequestValidationError([{"loc": (place, field), "msg": detail, "type": "value_error"}])


def _answer(request: Request, error: Exception) -> Response:
    match error:
        case EverpostError():
            return _answer_fact(error)
        case RequestValidationError():
            return problem(422, _UNUSABLE, errors=_describe_all(error.errors()))
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


def _answer_fact(error: EverpostError) -> Response:
    content = problem_of(error)
    status = content["status"]
    return ProblemResponse(content, status_code=status, headers=_headers(error, status))


def _content(status: int, detail: str, errors: list[FieldError] | None) -> Problem:
    content: Problem = {
        "type": "about:blank",
        "title": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail[:LONGEST_DETAIL],
    }
    if errors is not None:
        content["errors"] = errors
    return content


def _errors(error: EverpostError) -> list[FieldError] | None:
    """Which values are at fault."""
    match error:
        case LastAdmin():
            return [_field_error("path", "user_id", error.message)]
        case Conflict():
            return [_field_error("body", error.field, error.message)]
        case Invalid():
            return [_field_error("body", error.field, error.reason)]
    return None


def _headers(error: EverpostError, status: int) -> Mapping[str, str] | None:
    """How, or when, to ask instead."""
    match error:
        case Unauthenticated():
            return {"www-authenticate": _challenge(error)}
        case TooMany():
            return {"retry-after": str(error.retry_after)}
    return _RETRY_AFTER if status == 503 else None


def _challenge(error: Unauthenticated) -> str:
    """How to ask instead (RFC 6750, section 3)."""
    return 'Bearer realm="everpost"' + (', error="invalid_token"' if error.is_bad_token else "")


def _describe_all(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    described = [_describe(each) for each in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        place, *_ = errors[MOST_ERRORS]["loc"]
        others = sum(each.get(COUNT, 1) for each in errors[MOST_ERRORS:])
        described.append(_field_error(place, "", f"{others:,} more errors are not listed"))
    return described


def _describe(error: Mapping[str, Any]) -> FieldError:
    place, *names = error["loc"]
    return _field_error(place, ".".join(map(str, names)), error["msg"])


def _field_error(place: Place, field: str, detail: str) -> FieldError:
    name = field[:LONGEST_NAME].encode(errors="replace").decode()  # JSON may name half a surrogate pair
    return {"field": name, "in": place, "detail": detail[:LONGEST_DETAIL]}
