"""Signing in with a passkey, `POST /login/passkey` of the API, and the user's own: `/users/me/passkeys`."""

from fastapi import Request, Response
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.parameters import PasskeyId
from everpost.api.routing.security import ClientAddress, CurrentProof
from everpost.api.schemas.authors import Name
from everpost.errors import Unauthenticated
from everpost.services.accounts import passkeys, tokens
from everpost.services.accounts.logins import Login
from everpost.services.accounts.passkeys import NewPasskey
from everpost.stores.port import Store
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.account.confirmation import ConfirmedDesk
from everpost.web.desk.account.hosts import has_passkeys, page_with_passkeys, site_of
from everpost.web.desk.account.login import show_sign_in
from everpost.web.desk.desk import Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import message

PATH = "/account/passkeys"
_REFUSED = message("The passkey was not accepted. Try again.")


@with_config(ConfigDict(extra="forbid", strict=True))
class Added(TypedDict):
    """The form. The credential is JSON."""

    name: Name
    credential: str


_SCHEMA: TypeAdapter[Added] = TypeAdapter(Added)
_NAMES = {"credential": WHOLE}


async def sign_in(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Start a session, and go to the page that was requested."""
    fields = await read_form(request)
    wanted = fields.get("next", "")
    login = Login(address=address, name=browser_name(request.headers.get("user-agent", "")))
    try:
        secret, token = await passkeys.log_in_with_passkey(
            store, site_of(desk), fields.get("credential", ""), login, policies.sessions.lifetime
        )
    except Unauthenticated:
        refused = FormError(401, {WHOLE: desk.text(_REFUSED)})
        return await show_sign_in(store, desk, wanted, refused=refused)
    if desk.actor.token is not None:
        await tokens.revoke_shown(store, desk.actor)
    response = desk.redirect_to(desk.target(wanted))
    start_session(request, response, secret, token)
    return response


async def show_passkeys(store: OpenStore, desk: ConfirmedDesk) -> Response:
    """The user's passkeys, and the form for a new one."""
    return await _page(store, desk, browser_name(desk.request.headers.get("user-agent", "")))


async def add_passkey(
    request: Request, store: OpenStore, proof: CurrentProof, desk: ConfirmedDesk
) -> Response:
    """Add the passkey that the browser has created."""
    fields = await read_form(request)
    name = fields.get("name", "").strip()
    try:
        sent = {"name": name, "credential": fields.get("credential", "")}
        body = checked(_SCHEMA, sent, desk.language, _NAMES, may_be_empty=("credential",))
        new = NewPasskey(name=body["name"], credential=body["credential"], site=site_of(desk))
        await accepted(
            request, desk.language, lambda: passkeys.add_passkey(store, desk.actor, new, proof), _NAMES
        )
    except FormError as refused:
        return await _page(store, desk, name, refused)
    return desk.redirect(PATH, notice="passkey-added")


async def remove_passkey(store: OpenStore, desk: ConfirmedDesk, passkey_id: PasskeyId) -> Response:
    """Remove a passkey."""
    await passkeys.remove_passkey(store, desk.actor, passkey_id)
    return desk.redirect(PATH, notice="passkey-removed")


async def _page(store: Store, desk: Desk, name: str, refused: FormError | None = None) -> Response:
    options = await passkeys.registration_options(store, desk.actor, site_of(desk), desk.shown.site.title)
    keys = await passkeys.list_passkeys(store, desk.actor)
    return desk.page(
        "account/passkeys.html",
        desk.text("Passkeys"),
        refused=refused,
        passkeys=[(each, desk.minute(each.created_at)) for each in keys],
        passkey_options=options if has_passkeys(desk) else None,
        page_with_passkeys=page_with_passkeys(desk),
        name=name,
    )
