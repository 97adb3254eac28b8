"""Setting up a new blog, with the token that its first start has printed.

The API needs three calls for this: `PATCH /users/me`, `PATCH /settings` and `POST /login`.
"""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.authors import Name
from everpost.api.schemas.blog import BlogTitle
from everpost.api.schemas.users import Email, NewPassword
from everpost.errors import Forbidden, Unauthenticated
from everpost.services.accounts import blog_setup
from everpost.services.accounts.blog_setup import BlogSetup
from everpost.services.accounts.logins import Login
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.desk import Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.desk.start import FIRST_POST
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

_FIELDS = ("code", "title", "name", "email", "password")
_EMPTY = dict.fromkeys(_FIELDS, "")
_WRONG = message("This code is wrong, has expired or has been used.")


@with_config(ConfigDict(extra="forbid", strict=True))
class Welcome(TypedDict):
    """The form."""

    code: str
    title: BlogTitle
    name: Name
    email: Email
    password: NewPassword


_SCHEMA: TypeAdapter[Welcome] = TypeAdapter(Welcome)


async def show_welcome(store: OpenStore, desk: VisitedDesk) -> Response:
    """The form, until the blog has been set up."""
    return _page(desk) if await blog_setup.awaits_setup(store) else _done(desk)


async def create_blog(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set up the blog, sign the admin in, and go to the editor."""
    if not await blog_setup.awaits_setup(store):
        return _done(desk)
    fields = await read_form(request)
    sent = {name: fields.get(name, "") for name in _FIELDS}
    try:
        body = checked(_SCHEMA, sent | {"email": sent["email"].strip()}, desk.language)
        given = BlogSetup(
            secret=body["code"].strip(),
            title=body["title"],
            name=body["name"],
            email=body["email"],
            password=body["password"],
        )
        login = Login(address=address, name=browser_name(request.headers.get("user-agent", "")))
        lifetime = policies.sessions.lifetime
        secret, token = await accepted(
            request, desk.language, lambda: blog_setup.set_up(store, given, login, lifetime)
        )
    except (Unauthenticated, Forbidden):  # also if the token belongs to somebody else
        if not await blog_setup.awaits_setup(store):
            return _done(desk)
        return _page(desk, sent, FormError(403, {"code": desk.text(_WRONG)}))
    except FormError as refused:
        return _page(desk, sent, refused)
    response = desk.redirect(FIRST_POST)
    start_session(request, response, secret, token)
    return response


def _page(desk: Desk, sent: Mapping[str, str] = _EMPTY, refused: FormError | None = None) -> Response:
    return desk.page(
        "account/welcome.html", desk.text("Welcome"), refused=refused, sent=sent, is_set_up=False
    )


def _done(desk: Desk) -> Response:
    return desk.page("account/welcome.html", desk.text("Welcome"), status=410, is_set_up=True)
