"""Setting a new password with a link: `POST /login/reset` of the API."""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.credentials.reset_links import PasswordReset
from everpost.domain.people.tokens import Token
from everpost.errors import Unauthenticated
from everpost.services.accounts import password_resets
from everpost.services.accounts.logins import Login
from everpost.services.accounts.password_resets import Acceptance
from everpost.services.policies import Policies
from everpost.stores.port import Store
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.desk import START, Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

_WRONG_CODE = message("This code is wrong, has expired or has been used.")
_NAMES = {"token": "code", "password": "new_password"}
_SCHEMA: TypeAdapter[PasswordReset] = TypeAdapter(PasswordReset)


async def show_reset(desk: VisitedDesk) -> Response:
    """The form for a new password."""
    return _page(desk, "")


async def save_reset(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set the password, and sign in."""
    fields = await read_form(request)
    code = fields.get("code", "").strip()
    sent = {"token": code, "password": fields.get("new_password", "")}
    try:
        secret, token = await use_link(desk, store, policies, address, sent)
    except FormError as refused:
        return _page(desk, code, refused)
    response = desk.redirect(START, notice="password-saved")
    start_session(request, response, secret, token)
    return response


async def use_link(
    desk: Desk, store: Store, policies: Policies, address: str, sent: Mapping[str, str]
) -> tuple[str, Token]:
    """Set the password in this body of the call, and the name if there is one. Returns the secret and the
    token of the new session. Raises FormError.
    """
    body = checked(_SCHEMA, sent, desk.language, _NAMES)
    given = Acceptance(secret=body["token"], password=body["password"], name=body.get("name"))
    login = Login(address=address, name=browser_name(desk.request.headers.get("user-agent", "")))
    try:
        return await accepted(
            desk.request,
            desk.language,
            lambda: password_resets.reset_password(store, given, login, policies.sessions.lifetime),
            _NAMES,
        )
    except Unauthenticated:
        raise FormError(403, {"code": desk.text(_WRONG_CODE)}) from None


def _page(desk: Desk, code: str, refused: FormError | None = None) -> Response:
    return desk.page("account/reset.html", desk.text("New password"), refused=refused, code=code)
