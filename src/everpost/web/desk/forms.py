"""Forms of the desk: their fields become the body of a call of the API, with its validation and errors."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from everpost.api.http.error_details import detail_of
from everpost.api.http.problems import STATUSES
from everpost.api.middleware.refusals import log_refusal
from everpost.errors import Busy, Conflict, EverpostError, Invalid, Stale, TooMany
from everpost.web.desk.languages import Language, message
from everpost.web.forms.errors import WHOLE, FormError

_Body = TypeVar("_Body")
_Made = TypeVar("_Made")

_DETAILS: Mapping[str, str] = {
    "missing": message("Fill in this field."),
    "string_too_short": message("Enter at least %(min_length)s characters."),
    "string_too_long": message("Enter at most %(max_length)s characters."),
    "unstorable": message("This contains a character that cannot be stored."),
}
"""By the type of Pydantic's error."""
_REASONS: Mapping[str, str] = {
    "is empty": message("Fill in this field."),
    "is wrong": message("This is not your current password."),
    "is not an email address": message("Enter an email address, such as ann@blog.example."),
    "is too easy to guess: avoid common passwords, patterns, your name and your email address": message(
        "This password is too easy to guess: avoid common passwords, patterns, your name and your email"
        " address."
    ),
}
"""By the reason of `Invalid`. Add yours; any other reason is shown in English."""
_CONFLICTS: Mapping[str, str] = {
    "email": message("Another user already has this email address."),
}
"""By the field of `Conflict`."""
_STALE = message("Someone else has changed this since you opened the page. Open it again to see the changes.")
_BUSY = message("The database did not respond in time. Try again.")
_LIMITED = message("Too many attempts. Try again later.")


def checked(
    schema: TypeAdapter[_Body],
    sent: Mapping[str, object],
    language: Language,
    names: Mapping[str, str] | None = None,
    *,
    optional: Collection[str] = (),
) -> _Body:
    """The body of a call of the API with these values. `names` are the form's names of its fields, where they
    differ. `optional` fields may be empty. Raises FormError.
    """
    missing = [name for name, value in sent.items() if value == "" and name not in optional]
    errors = {name: language.text(_DETAILS["missing"]) for name in missing}
    try:
        body = schema.validate_python(sent)
    except ValidationError as invalid:
        for each in invalid.errors():
            name = str(each["loc"][0])
            shown = _DETAILS.get(each["type"])
            context = each.get("ctx", {})
            text = _sentence(detail_of(each)) if shown is None else language.text(shown, **context)
            errors.setdefault(name, text)
    else:
        if not errors:
            return body
    raise FormError(422, _renamed(errors, names))


async def accepted(
    request: Request,
    language: Language,
    call: Callable[[], Awaitable[_Made]],
    names: Mapping[str, str] | None = None,
) -> _Made:
    """The result of a call of a service. Raises FormError if it refuses what the form contains, and any other
    error as it is.
    """
    try:
        return await call()
    except EverpostError as error:
        found = form_error(error, language)
        if found is None:
            raise
        await log_refusal(request, error)
        raise FormError(found.status, _renamed(found.errors, names), found.headers) from None


def form_error(error: EverpostError, language: Language) -> FormError | None:
    """The error as messages for the fields of a form; None if it does not concern the form."""
    status = STATUSES.get(type(error), 500)
    match error:
        case Invalid():
            shown = _REASONS.get(error.reason)
            text = _sentence(error.reason) if shown is None else language.text(shown)
            return FormError(status, {error.field: text})
        case Conflict():
            known = _CONFLICTS.get(error.field)
            text = error.message if known is None else language.text(known)
            return FormError(status, {error.field: text})
        case TooMany():
            headers = {"retry-after": str(error.retry_after)}
            return FormError(status, {WHOLE: language.text(_LIMITED)}, headers)
        case Stale():
            return FormError(status, {WHOLE: language.text(_STALE)})
        case Busy():
            return FormError(status, {WHOLE: language.text(_BUSY)}, {"retry-after": "1"})
    return None


def _sentence(reason: str) -> str:
    """A reason that has no translation, as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."


def _renamed(errors: Mapping[str, str], names: Mapping[str, str] | None) -> Mapping[str, str]:
    return {(names or {}).get(name, name): text for name, text in errors.items()}
