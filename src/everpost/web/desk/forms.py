"""Forms of the desk: their fields become the body of a call of the API, with its validation and errors."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from everpost.api.http.error_details import detail_of
from everpost.api.http.problems import STATUSES
from everpost.api.middleware.refusals import log_refusal
from everpost.domain.people.tokens import MAX_NAMED_TOKENS
from everpost.errors import (
    Busy,
    Conflict,
    EverpostError,
    InTrash,
    Invalid,
    LastAdmin,
    Stale,
    TooMany,
    TooManyTokens,
)
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import Language, message

_Body = TypeVar("_Body")
_Made = TypeVar("_Made")

_DETAILS: Mapping[str, str] = {
    "missing": message("Fill in this field."),
    "string_too_short": message("Enter at least %(min_length)s characters."),
    "string_too_long": message("Enter at most %(max_length)s characters."),
    "unstorable": message("This contains a character that cannot be stored."),
    "int_type": message("Enter a whole number."),
    "greater_than_equal": message("Enter a number of at least %(ge)s."),
    "less_than_equal": message("Enter a number of at most %(le)s."),
}
"""The messages by the type of Pydantic's error."""
_REASONS: Mapping[str, str] = {
    "was not accepted": message("The passkey was not accepted. Try again."),
    "is empty": message("Fill in this field."),
    "contains a character that cannot be stored": message("This contains a character that cannot be stored."),
    "should be in the future": message("Enter a date that is not in the past."),
    "should be the id of another user": message("This person has been removed. Choose another."),
    "is wrong": message("This is not your current password."),
    "is not an email address": message("Enter an email address, such as ann@blog.example."),
    "is too easy to guess: avoid common passwords, patterns, your name and your email address": message(
        "This password is too easy to guess: avoid common passwords, patterns, your name and your email"
        " address."
    ),
    "should be a language tag (BCP 47), such as en or pt-BR": message(
        "Enter a language tag, such as en or pt-BR."
    ),
    "should be a name in the IANA time zone database, such as Europe/Berlin": message(
        "Choose a time zone from the list."
    ),
    "should be an http or https URL in ASCII without a query, a fragment or a trailing slash, such as"
    " https://blog.example": message(
        "Enter an http or https URL without a query, a fragment or a trailing slash, such as"
        " https://blog.example."
    ),
    "should be an http, https or mailto URL, or a path that begins with one slash": message(
        "Enter a URL that begins with http, https or mailto, or a path that begins with one slash."
    ),
    "should have an email address after mailto:, such as mailto:ann@blog.example": message(
        "Enter an email address after mailto:, such as mailto:ann@blog.example."
    ),
    "must contain {slug} or {id}": message("The pattern must contain {slug} or {id}."),
    "must begin with /": message("The pattern must begin with a slash."),
    "must not end with /": message("The pattern must not end with a slash."),
}
"""The messages by the reason of `Invalid`. Add yours; any other reason is shown in English."""
_CONFLICTS: Mapping[str, str] = {
    "email": message("Another user already has this email address."),
    "slug": message("Another post, which may be in the trash, already has this slug."),
    "paths": message("Another post, which may be in the trash, already has one of these paths."),
}
"""The messages by the field of `Conflict`."""
_LAST_ADMIN = message("This is the last enabled admin. Give another user the role admin first.")
_TOO_MANY = message("You already have %(most)s tokens, the maximum. Revoke one that you no longer need.")
_IN_TRASH = message("This post is in the trash. Restore it first.")
_STALE = message("Someone else has changed this since you opened the page. Open it again to see the changes.")
_BUSY = message("The database did not respond in time. Try again.")
_LIMITED = message("Too many attempts. Try again later.")


def checked(
    schema: TypeAdapter[_Body],
    sent: Mapping[str, object],
    language: Language,
    names: Mapping[str, str] | None = None,
    *,
    may_be_empty: Collection[str] = (),
) -> _Body:
    """The body of a call of the API with these values. `names` are the form's names of its fields, where they
    differ; those within a list are joined by points, such as `navigation.0.url`. Raises FormError.
    """
    errors = {
        name: language.text(_DETAILS["missing"])
        for name, value in sent.items()
        if value == "" and name not in may_be_empty
    }
    try:
        body = schema.validate_python(sent)
    except ValidationError as invalid:
        for each in invalid.errors():
            within = ".".join(map(str, each["loc"]))
            name = within if within in (names or {}) else str(each["loc"][0])
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
            return FormError(status, {error.field: _conflict_text(error, language)})
        case TooMany():
            headers = {"retry-after": str(error.retry_after)}
            return FormError(status, {WHOLE: language.text(_LIMITED)}, headers)
        case Stale():
            return FormError(status, {WHOLE: language.text(_STALE)})
        case Busy():
            return FormError(status, {WHOLE: language.text(_BUSY)}, {"retry-after": "1"})
    return None


def _conflict_text(error: Conflict, language: Language) -> str:
    if isinstance(error, LastAdmin):
        return language.text(_LAST_ADMIN)
    if isinstance(error, TooManyTokens):
        return language.text(_TOO_MANY, most=MAX_NAMED_TOKENS)
    if isinstance(error, InTrash):
        return language.text(_IN_TRASH)
    known = _CONFLICTS.get(error.field)
    return error.message if known is None else language.text(known)


def _sentence(reason: str) -> str:
    """A reason that has no translation, as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."


def _renamed(errors: Mapping[str, str], names: Mapping[str, str] | None) -> Mapping[str, str]:
    return {(names or {}).get(name, name): text for name, text in errors.items()}
