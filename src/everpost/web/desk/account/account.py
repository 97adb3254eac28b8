"""Your account, as `PATCH /users/me` changes it, and your sessions, which are tokens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import TokenId
from everpost.api.routing.security import CurrentProof
from everpost.api.schemas.users import AccountUpdate
from everpost.domain.people.tokens import MAX_TOKENS, TokenKind
from everpost.domain.people.users import User
from everpost.errors import NotFound
from everpost.services.accounts import tokens, users
from everpost.services.accounts.users import UserEdit
from everpost.stores.port import Store
from everpost.web.contexts import Moment
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.sessions import end_session
from everpost.web.forms.errors import FormError

_SCHEMA: TypeAdapter[AccountUpdate] = TypeAdapter(AccountUpdate)
_PATH = "/account"
_PASSWORD = "new_password"  # noqa: S105 - the name of a field
_NAMES = {"password": _PASSWORD}


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the user, as the page lists it."""

    id: str
    browser: str
    started: Moment
    is_this: bool


async def show_account(store: OpenStore, desk: CurrentDesk) -> Response:
    """The user's name, email address and sessions."""
    return await _page(store, desk, {"name": desk.user.name, "email": desk.user.email})


async def save_account(
    request: Request, store: OpenStore, desk: CurrentDesk, proof: CurrentProof
) -> Response:
    """Change the name and the email address."""
    fields = await read_form(request)
    sent = {"name": fields.get("name", "").strip(), "email": fields.get("email", "").strip()}
    password = fields.get("current_password", "")
    try:
        body = checked(_SCHEMA, sent | ({"current_password": password} if password else {}), desk.language)
        edit = UserEdit(
            name=body.get("name"),
            email=body.get("email"),
            proof=replace(proof, current_password=body.get("current_password")),
        )
        await accepted(request, desk.language, _change(store, desk, edit))
    except FormError as refused:
        return await _page(store, desk, sent, refused)
    return desk.redirect(_PATH, notice="account-saved")


async def show_password(desk: CurrentDesk) -> Response:
    """The form for a new password."""
    return _password_page(desk)


async def save_password(
    request: Request, store: OpenStore, desk: CurrentDesk, proof: CurrentProof
) -> Response:
    """Change the password, which ends the user's other sessions."""
    fields = await read_form(request)
    given = {"password": fields.get(_PASSWORD, "")}
    if desk.user.password_hash is not None:
        given["current_password"] = fields.get("current_password", "")
    try:
        body = checked(_SCHEMA, given, desk.language, _NAMES)
        edit = UserEdit(
            password=body.get("password"),
            proof=replace(proof, current_password=body.get("current_password")),
        )
        await accepted(request, desk.language, _change(store, desk, edit), _NAMES)
    except FormError as refused:
        return _password_page(desk, refused)
    return desk.redirect(_PATH, notice="password-saved")


async def end_other_sessions(store: OpenStore, desk: CurrentDesk) -> Response:
    """Sign out everywhere else."""
    await users.change_account(store, desk.actor, UserEdit(revoke_logins=True), match=None)
    return desk.redirect(_PATH, notice="sessions-ended")


async def end_one_session(
    request: Request, store: OpenStore, desk: CurrentDesk, token_id: TokenId
) -> Response:
    """Sign out one browser, which may be this one."""
    if all(session.id != token_id for session in await _sessions(store, desk)):
        raise NotFound("session", token_id)
    await tokens.revoke(store, desk.actor, token_id)
    if desk.actor.token is not None and token_id == desk.actor.token.id:
        response = desk.redirect("/login", notice="signed-out")
        end_session(request, response)
        return response
    return desk.redirect(_PATH, notice="session-ended")


def _change(store: Store, desk: Desk, edit: UserEdit) -> Callable[[], Awaitable[User]]:
    return lambda: users.change_account(store, desk.actor, edit, match=None)


async def _sessions(store: Store, desk: Desk) -> list[Session]:
    """The sessions of the user, the latest first."""
    page = await tokens.page_tokens(store, desk.actor, limit=MAX_TOKENS)
    this = None if desk.actor.token is None else desk.actor.token.id
    return [
        Session(each.id, each.name, desk.minute(each.created_at), each.id == this)
        for each in reversed(page.rows)
        if each.kind is TokenKind.LOGIN
    ]


async def _page(
    store: Store, desk: Desk, sent: Mapping[str, str], refused: FormError | None = None
) -> Response:
    return desk.page(
        "account/account.html",
        desk.text("Your account"),
        refused=refused,
        sent=sent,
        sessions=await _sessions(store, desk),
        has_password=desk.user.password_hash is not None,
    )


def _password_page(desk: Desk, refused: FormError | None = None) -> Response:
    return desk.page(
        "account/password.html",
        desk.text("Change password"),
        refused=refused,
        has_password=desk.user.password_hash is not None,
        email=desk.user.email,
    )
