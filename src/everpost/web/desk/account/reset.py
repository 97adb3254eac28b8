"""Setting a new password with the link that `everpost user reset` prints."""

from fastapi import Request, Response
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.users import NewPassword
from everpost.errors import Unauthenticated
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.password_resets import reset_password
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.desk import START, Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

WRONG_CODE = message("This code is wrong, has expired or has been used.")
_NAMES = {"password": "new_password"}


@with_config(ConfigDict(extra="forbid", strict=True))
class Reset(TypedDict):
    """The form."""

    code: str
    password: NewPassword


_SCHEMA: TypeAdapter[Reset] = TypeAdapter(Reset)


async def show_reset(desk: VisitedDesk) -> Response:
    """The form for a new password."""
    return _page(desk, "")


async def save_reset(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set the password, and sign in."""
    fields = await read_form(request)
    code = fields.get("code", "").strip()
    try:
        sent = {"code": code, "password": fields.get("new_password", "")}
        body = checked(_SCHEMA, sent, desk.language, _NAMES)
        user = await accepted(
            request, desk.language, lambda: reset_password(store, body["code"], body["password"]), _NAMES
        )
    except Unauthenticated:
        return _page(desk, code, FormError(403, {"code": desk.text(WRONG_CODE)}))
    except FormError as refused:
        return _page(desk, code, refused)
    login = Login(address=address, name=browser_name(request.headers.get("user-agent", "")))
    secret, token = await start_login(
        store, user, login, policies.sessions.lifetime, password_hash=user.password_hash
    )
    response = desk.redirect(START, notice="password-saved")
    start_session(request, response, secret, token)
    return response


def _page(desk: Desk, code: str, refused: FormError | None = None) -> Response:
    return desk.page("account/reset.html", desk.text("New password"), refused=refused, code=code)
