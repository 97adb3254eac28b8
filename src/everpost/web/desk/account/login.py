"""Signing in with a password, and signing out: `POST /login` and `DELETE /tokens/current` of the API."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import TypeAdapter
from starlette.responses import RedirectResponse

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.tokens import LoginForm
from everpost.errors import Unauthenticated
from everpost.services.accounts import blog_setup, logins, tokens
from everpost.services.accounts.logins import Credentials
from everpost.stores.port import Store
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.account.hosts import page_with_passkeys, passkey_options
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import Desk, LoginQuery, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import end_session, start_session
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import message

_SCHEMA: TypeAdapter[LoginForm] = TypeAdapter(LoginForm)
_NAMES = {"username": "email"}
_WRONG = message("The email address or the password is wrong.")


async def show_login(store: OpenStore, desk: VisitedDesk, query: Annotated[LoginQuery, Query()]) -> Response:
    """The form for signing in. Those who are signed in already are redirected."""
    if desk.actor.user is not None:
        return RedirectResponse(desk.target(query.next), 303, DESK_HEADERS)
    return await show_sign_in(store, desk, query.next, awaits_setup=await blog_setup.awaits_setup(store))


async def sign_in(
    request: Request,
    store: OpenStore,
    policies: CurrentPolicies,
    address: ClientAddress,
    desk: VisitedDesk,
) -> Response:
    """Start a session, and go to the page that was requested."""
    fields = await read_form(request)
    email, wanted = fields.get("email", "").strip(), fields.get("next", "")
    try:
        body = checked(
            _SCHEMA, {"username": email, "password": fields.get("password", "")}, desk.language, _NAMES
        )
        given = Credentials(
            email=body["username"],
            password=body["password"],
            address=address,
            name=browser_name(request.headers.get("user-agent", "")),
        )
        try:
            secret, token = await accepted(
                request, desk.language, lambda: logins.log_in(store, given, policies.sessions)
            )
        except Unauthenticated:
            raise FormError(401, {WHOLE: desk.text(_WRONG)}) from None
    except FormError as refused:
        return await show_sign_in(store, desk, wanted, email, refused)
    if desk.actor.token is not None:
        await tokens.revoke_shown(store, desk.actor)
    response = desk.redirect_to(desk.target(wanted))
    start_session(request, response, secret, token)
    return response


async def sign_out(request: Request, store: OpenStore, desk: VisitedDesk) -> Response:
    """End the session."""
    if desk.actor.token is not None:
        await tokens.revoke_shown(store, desk.actor)
    response = desk.redirect("/login", notice="signed-out")
    end_session(request, response)
    return response


async def show_sign_in(
    store: Store,
    desk: Desk,
    wanted: str,
    email: str = "",
    refused: FormError | None = None,
    *,
    awaits_setup: bool = False,
) -> Response:
    """The page for signing in."""
    return desk.page(
        "account/login.html",
        desk.text("Sign in"),
        refused=refused,
        wanted=wanted,
        email=email,
        awaits_setup=awaits_setup,
        passkey_options=await passkey_options(store, desk),
        page_with_passkeys=page_with_passkeys(desk),
    )
