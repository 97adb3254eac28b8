"""Re-authentication: asking for the password again before sensitive pages.

A handler that depends on `ConfirmedDesk` requires a session that began within the last `RECENT`. Giving the
password again replaces the session with a new one, as `POST /login` would.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import CurrentProof
from everpost.errors import Unauthenticated
from everpost.services.accounts.logins import Login, log_in_again
from everpost.services.accounts.reauthentication import has_logged_in_recently
from everpost.stores.port import Store
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.account.hosts import page_with_passkeys, passkey_options
from everpost.web.desk.desk import UNCONFIRMED, CurrentDesk, Desk, LoginQuery
from everpost.web.desk.forms import accepted
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import FormError


async def get_confirmed_desk(request: Request, desk: CurrentDesk) -> Desk:
    """The desk of a user who has signed in recently. Raises Unauthenticated, which `problems` turns into a
    redirect to the page that asks for the password.
    """
    if not has_logged_in_recently(desk.actor):
        setattr(request.state, UNCONFIRMED, True)
        raise Unauthenticated("Confirm your password first.")
    return desk


ConfirmedDesk = Annotated[Desk, Depends(get_confirmed_desk)]
"""The desk, for managing people and passkeys, and exporting the blog."""


async def show_confirmation(
    store: OpenStore, desk: CurrentDesk, query: Annotated[LoginQuery, Query()]
) -> Response:
    """The form that asks for the password, or for a passkey."""
    return await _page(store, desk, query.next)


async def confirm(
    request: Request, store: OpenStore, policies: CurrentPolicies, proof: CurrentProof, desk: CurrentDesk
) -> Response:
    """Start a new session, and go to the page that was requested."""
    fields = await read_form(request)
    wanted, password = fields.get("next", ""), fields.get("current_password", "")
    login = Login(address=proof.address, name=browser_name(request.headers.get("user-agent", "")))
    given = replace(proof, current_password=password)
    try:
        secret, token = await accepted(
            request,
            desk.language,
            lambda: log_in_again(store, desk.actor, given, login, policies.sessions.lifetime),
        )
    except FormError as refused:
        return await _page(store, desk, wanted, refused)
    response = desk.redirect_to(desk.target(wanted))
    start_session(request, response, secret, token)
    return response


async def _page(store: Store, desk: Desk, wanted: str, refused: FormError | None = None) -> Response:
    return desk.page(
        "account/confirmation.html",
        desk.text("Confirm your password"),
        refused=refused,
        wanted=wanted,
        passkey_options=await passkey_options(store, desk),
        page_with_passkeys=page_with_passkeys(desk),
    )
