"""Accepting an invitation: its link sets the name and the first password of a user."""

from typing import NotRequired

from fastapi import Request, Response
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.authors import Name
from everpost.api.schemas.users import NewPassword
from everpost.errors import Unauthenticated
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.password_resets import reset_password
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.account.reset import WRONG_CODE
from everpost.web.desk.desk import START, Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import FormError

_NAMES = {"password": "new_password"}


@with_config(ConfigDict(extra="forbid", strict=True))
class Acceptance(TypedDict):
    """The form. Without a name, the user keeps the one in the invitation."""

    code: str
    name: NotRequired[Name]
    password: NewPassword


_SCHEMA: TypeAdapter[Acceptance] = TypeAdapter(Acceptance)


async def show_invitation(desk: VisitedDesk) -> Response:
    """The form for the name and the password."""
    return _page(desk, "", "")


async def accept_invitation(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set the name and the password, and sign in."""
    fields = await read_form(request)
    code, name = fields.get("code", "").strip(), fields.get("name", "").strip()
    sent = {"code": code, "password": fields.get("new_password", "")} | ({"name": name} if name else {})
    try:
        body = checked(_SCHEMA, sent, desk.language, _NAMES)
        user = await accepted(
            request,
            desk.language,
            lambda: reset_password(store, body["code"], body["password"], name=body.get("name")),
            _NAMES,
        )
    except Unauthenticated:
        return _page(desk, code, name, FormError(403, {"code": desk.text(WRONG_CODE)}))
    except FormError as refused:
        return _page(desk, code, name, refused)
    login = Login(address=address, name=browser_name(request.headers.get("user-agent", "")))
    secret, token = await start_login(
        store, user, login, policies.sessions.lifetime, password_hash=user.password_hash
    )
    response = desk.redirect(START, notice="welcome")
    start_session(request, response, secret, token)
    return response


def _page(desk: Desk, code: str, name: str, refused: FormError | None = None) -> Response:
    title = desk.text("Invitation")
    return desk.page("account/invitation.html", title, refused=refused, code=code, name=name)
