"""Tokens for programs: `GET /tokens`, `POST /tokens` and `DELETE /tokens/{token_id}` of the API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import TokenId
from everpost.api.routing.security import CurrentProof
from everpost.api.schemas.text import format_timestamp
from everpost.api.schemas.tokens import TokenCreate
from everpost.domain.clock import EARLIEST
from everpost.domain.people.tokens import MAX_TOKENS, ROLE_SCOPES, Scope, Token, TokenKind
from everpost.services.accounts import tokens
from everpost.services.accounts.tokens import TokenDraft
from everpost.web.contexts import Moment
from everpost.web.desk.account.confirmation import get_confirmed_desk
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

PATH = "/account/tokens"
_SCHEMA: TypeAdapter[TokenCreate] = TypeAdapter(TokenCreate)
_NAMES = {"current_password": "password", "expires_at": "last_day"}
_SCOPES: Mapping[Scope, str] = {
    Scope.POSTS_WRITE: message("Write posts"),
    Scope.COMMENTS_WRITE: message("Write comments"),
    Scope.COMMENTS_MODERATE: message("Moderate comments"),
    Scope.MEDIA_WRITE: message("Upload files"),
    Scope.ACCOUNT: message("Change your account and its tokens"),
    Scope.ADMIN: message("Manage people and settings"),
}
_LISTED = frozenset({TokenKind.NAMED, TokenKind.FIRST})
_NO_DATE = message("Enter a date.")


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A token in the list."""

    token: Token
    created: Moment
    last_day: Moment | None
    used: Moment | None
    scopes: str


async def show_tokens(store: OpenStore, desk: CurrentDesk) -> Response:
    """The list of the user's tokens, and the form for a new one."""
    return await _page(store, desk, {})


async def create_token(
    request: Request, store: OpenStore, proof: CurrentProof, desk: CurrentDesk
) -> Response:
    """Create a token, and show its secret, only once."""
    if desk.user.password_hash is None:  # otherwise, the form asks for the password
        await get_confirmed_desk(request, desk)
    fields = await read_form(request)
    try:
        body = checked(_SCHEMA, _body(desk, fields), desk.language, _NAMES)
        draft = TokenDraft(
            name=body["name"],
            scopes=frozenset(body.get("scopes", ())),
            expires_at=body.get("expires_at"),
        )
        given = replace(proof, current_password=body.get("current_password"))
        secret, token = await accepted(
            request,
            desk.language,
            lambda: tokens.create_token(store, desk.actor, draft, given),
            _NAMES,
        )
    except FormError as refused:
        return await _page(store, desk, fields, refused)
    title = desk.text("New token")
    return desk.page("account/new_token.html", title, secret=secret, token=_shown(desk, token))


async def revoke_token(store: OpenStore, desk: CurrentDesk, token_id: TokenId) -> Response:
    """Revoke a token."""
    await tokens.revoke(store, desk.actor, token_id)
    return desk.redirect(PATH, notice="token-revoked")


def _body(desk: Desk, fields: Mapping[str, str]) -> Mapping[str, object]:
    """The body of `POST /tokens`. Raises FormError if the date is malformed."""
    body: dict[str, object] = {
        "name": fields.get("name", ""),
        "scopes": [scope.value for scope in Scope if scope.value in fields],
    }
    if fields.get("last_day"):
        body["expires_at"] = format_timestamp(_end_of(desk, fields["last_day"]))
    if desk.user.password_hash is not None:
        body["current_password"] = fields.get("password", "")
    return body


def _end_of(desk: Desk, text: str) -> datetime:
    """The end of this day in the time zone of the blog. Raises FormError."""
    zone: tzinfo = desk.shown.urls.zone
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone)
    except (ValueError, OverflowError):
        raise FormError(422, {"last_day": desk.text(_NO_DATE)}) from None


async def _page(
    store: OpenStore, desk: Desk, fields: Mapping[str, str], refused: FormError | None = None
) -> Response:
    page = await tokens.page_tokens(store, desk.actor, limit=MAX_TOKENS)
    own = ROLE_SCOPES[desk.user.role]
    return desk.page(
        "account/tokens.html",
        desk.text("Tokens"),
        refused=refused,
        tokens=[_shown(desk, token) for token in page.rows if token.kind in _LISTED],
        scopes=[(scope.value, desk.text(text)) for scope, text in _SCOPES.items() if scope in own],
        fields=fields,
        has_password=desk.user.password_hash is not None,
    )


def _shown(desk: Desk, token: Token) -> ShownToken:
    end = token.expires_at
    if end is not None and end > EARLIEST:
        end -= timedelta(milliseconds=1)
    return ShownToken(
        token=token,
        created=desk.day(token.created_at),
        last_day=None if end is None else desk.day(end),
        used=None if token.last_used_at is None else desk.utc_day(token.last_used_at),
        scopes=", ".join(sorted(token.scopes)),
    )
