"""Setting up a new blog, with the token that its first start has printed: `POST /setup` of the API."""

from collections.abc import Mapping
from typing import NotRequired

from fastapi import Request, Response
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress
from everpost.api.schemas.authors import Name
from everpost.api.schemas.blog import BlogTitle
from everpost.api.schemas.users import Email, NewPassword
from everpost.domain.people.tokens import Token
from everpost.errors import Forbidden, Unauthenticated
from everpost.services.accounts import blog_setup
from everpost.services.accounts.blog_setup import BlogSetup
from everpost.services.accounts.logins import Login
from everpost.services.accounts.passkeys import NewPasskey
from everpost.services.accounts.tokens import identify
from everpost.services.policies import Policies
from everpost.stores.port import Store
from everpost.web.desk.account.browsers import browser_name
from everpost.web.desk.account.hosts import has_passkeys, page_with_passkeys, site_of
from everpost.web.desk.desk import Desk, VisitedDesk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import start_session
from everpost.web.desk.start import FIRST_POST
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import message

_FIELDS = ("code", "title", "name", "email", "password")
_EMPTY = dict.fromkeys(_FIELDS, "")
_NAMES = {"passkey.credential": WHOLE, "passkey.name": WHOLE}
_WRONG = message("This code is wrong, has expired or has been used.")


@with_config(ConfigDict(extra="forbid", strict=True))
class Welcome(TypedDict):
    """The form. The credential of a passkey is JSON."""

    code: str
    title: BlogTitle
    name: Name
    email: Email
    password: NotRequired[NewPassword]
    credential: NotRequired[str]


_SCHEMA: TypeAdapter[Welcome] = TypeAdapter(Welcome)


async def show_welcome(store: OpenStore, desk: VisitedDesk) -> Response:
    """The form, until the blog has been set up."""
    return await _page(store, desk)


async def create_blog(
    request: Request, store: OpenStore, policies: CurrentPolicies, address: ClientAddress, desk: VisitedDesk
) -> Response:
    """Set up the blog, sign the admin in, and go to the editor."""
    if not await blog_setup.awaits_setup(store):
        return _done(desk)
    fields = await read_form(request)
    sent = {name: fields.get(name, "") for name in _FIELDS} | {"email": fields.get("email", "").strip()}
    credential = fields.get("credential", "")
    try:
        chosen = sent | ({"credential": credential} if credential else {})
        if credential and not sent["password"]:
            del chosen["password"]
        body = checked(_SCHEMA, chosen, desk.language)
        secret, token = await _set_up(store, policies, address, desk, body)
    except (Unauthenticated, Forbidden):  # also if the token belongs to somebody else
        return await _page(store, desk, sent, FormError(403, {"code": desk.text(_WRONG)}))
    except FormError as refused:
        return await _page(store, desk, sent, refused)
    response = desk.redirect(FIRST_POST)
    start_session(request, response, secret, token)
    return response


async def _set_up(
    store: Store, policies: Policies, address: str, desk: Desk, body: Welcome
) -> tuple[str, Token]:
    """Set up the blog. Returns the secret and the token of the new session. Raises Unauthenticated,
    Forbidden, FormError.
    """
    browser = browser_name(desk.request.headers.get("user-agent", ""))
    passkey = None
    if "credential" in body:
        passkey = NewPasskey(name=browser, credential=body["credential"], site=site_of(desk))
    given = BlogSetup(
        title=body["title"],
        name=body["name"],
        email=body["email"],
        password=body.get("password"),
        passkey=passkey,
    )
    actor = await identify(store, body["code"].strip())
    login = Login(address=address, name=browser)
    return await accepted(
        desk.request,
        desk.language,
        lambda: blog_setup.set_up(store, actor, given, login, policies.sessions.lifetime),
        _NAMES,
    )


async def _page(
    store: Store, desk: Desk, sent: Mapping[str, str] = _EMPTY, refused: FormError | None = None
) -> Response:
    options = await blog_setup.passkey_options(store, site_of(desk))
    if options is None:
        return _done(desk)
    return desk.page(
        "account/welcome.html",
        desk.text("Welcome"),
        refused=refused,
        sent=sent,
        is_set_up=False,
        passkey_options=options if has_passkeys(desk) else None,
        page_with_passkeys=page_with_passkeys(desk),
    )


def _done(desk: Desk) -> Response:
    return desk.page("account/welcome.html", desk.text("Welcome"), status=410, is_set_up=True)
