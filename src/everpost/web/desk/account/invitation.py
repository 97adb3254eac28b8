"""Accepting an invitation: its link sets a name and the first password, as `POST /login/reset` does."""

from fastapi import Request, Response

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.web.desk.account.reset import use_link
from everpost.web.desk.desk import START, Desk, VisitedDesk
from everpost.web.desk.sessions import start_session
from everpost.web.forms.errors import FormError


async def show_invitation(desk: VisitedDesk) -> Response:
    """The form for the name and the password."""
    return _page(desk, "", "")


async def accept_invitation(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set the password, and the name unless it is empty, and sign in."""
    fields = await read_form(request)
    code, name = fields.get("code", "").strip(), fields.get("name", "").strip()
    sent = {"token": code, "password": fields.get("new_password", "")} | ({"name": name} if name else {})
    try:
        secret, token = await use_link(desk, store, policies, address, sent)
    except FormError as refused:
        return _page(desk, code, name, refused)
    response = desk.redirect(START, notice="welcome")
    start_session(request, response, secret, token)
    return response


def _page(desk: Desk, code: str, name: str, refused: FormError | None = None) -> Response:
    title = desk.text("Invitation")
    return desk.page("account/invitation.html", title, refused=refused, code=code, name=name)
