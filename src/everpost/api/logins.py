"""Logging in over HTTP: the password grant of OAuth2, which the button in `/docs` uses."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from everpost.api.dependencies import CurrentPolicies, OpenStore
from everpost.api.media_types import FORM, is_form
from everpost.api.origins import OwnSite
from everpost.api.problems import refusal
from everpost.api.responses import JsonResponse
from everpost.api.schemas.text import written
from everpost.api.schemas.tokens import LoginForm, LoginMade
from everpost.api.security import ClientAddress
from everpost.domain.tokens import Scope
from everpost.services.logins import Credentials, log_in

LOGIN_FORM: TypeAdapter[LoginForm] = TypeAdapter(LoginForm)

_MAX_FIELDS = 20


async def read_form(request: Request) -> LoginForm:
    """The form in the body. HTTPException: it is none; RequestValidationError: one with other fields."""
    if not is_form(request.headers):
        raise HTTPException(415, f"The body must be {FORM}, in UTF-8.")
    try:
        body = (await request.body()).decode("ascii")
        fields = parse_qsl(
            body, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise HTTPException(400, "The body is not a form in UTF-8.") from None
    if len(fields) > len(dict(fields)):
        raise HTTPException(400, "The form has a field twice.")
    try:
        return LOGIN_FORM.validate_python(dict(fields))
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


async def login(
    store: OpenStore,
    policies: CurrentPolicies,
    _own: OwnSite,
    address: ClientAddress,
    form: Annotated[LoginForm, Depends(read_form)],
) -> Response:
    """Get a token for your email and password."""
    credentials = Credentials(
        email=form["username"],
        password=form["password"],
        address=address,
        scopes=_scopes(form.get("scope", "")),
    )
    secret, token = await log_in(store, credentials, policies.logins)
    content: LoginMade = {
        "access_token": secret,
        "token_type": "bearer",
        "expires_at": written(token.expires_at or token.created_at),
        "id": token.id,
    }
    return JsonResponse(content, headers={"cache-control": "no-store"})


def _scopes(words: str) -> frozenset[Scope] | None:
    """What the token is wanted for; None: for everything."""
    try:
        return frozenset(map(Scope, words.split())) or None
    except ValueError:
        raise refusal("body", "scope", f"should be some of {', '.join(Scope)}") from None
