"""Logging in over HTTP: the password grant of OAuth2, which the button in `/docs` uses."""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from everpost.api.http.forms import read_form
from everpost.api.http.origins import SameOrigin
from everpost.api.http.problems import refusal
from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.tokens import LoginForm, read_login
from everpost.domain.people.tokens import Scope
from everpost.services.accounts import logins
from everpost.services.accounts.logins import Credentials

LOGIN_FORM: TypeAdapter[LoginForm] = TypeAdapter(LoginForm)


async def read_login_form(request: Request) -> LoginForm:
    """The form in the body. Raises HTTPException if it is malformed, RequestValidationError if a field is
    invalid.
    """
    fields = await read_form(request)
    try:
        return LOGIN_FORM.validate_python(fields)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


async def log_in(
    store: OpenStore,
    policies: CurrentPolicies,
    _own: SameOrigin,
    address: ClientAddress,
    form: Annotated[LoginForm, Depends(read_login_form)],
) -> Response:
    """Log in with an email address and a password.

    The response contains a bearer token that expires. This is the password grant of OAuth 2 (RFC 6749,
    section 4.3), so the email address is sent as `username`. Failed attempts are rate-limited.
    """
    credentials = Credentials(
        email=form["username"],
        password=form["password"],
        address=address,
        scopes=_scopes(form.get("scope", "")),
    )
    secret, token = await logins.log_in(store, credentials, policies.logins)
    return JsonResponse(read_login(secret, token), headers={"cache-control": "no-store"})


def _scopes(words: str) -> frozenset[Scope] | None:
    """The scopes of the token; None: all of them."""
    try:
        return frozenset(map(Scope, words.split())) or None
    except ValueError:
        raise refusal(
            "body", "scope", f"should be a space-separated list of scopes: {', '.join(Scope)}"
        ) from None
