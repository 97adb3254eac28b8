"""Inviting people, `POST /invitations` of the API, and links: `POST /users/{user_id}/reset-link`."""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import UserId
from everpost.api.schemas.credentials.reset_links import InvitationCreate
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Role
from everpost.services.accounts.password_resets import ResetLink, create_reset
from everpost.services.accounts.password_resets import invite as invite_user
from everpost.services.accounts.users import UserDraft
from everpost.web.desk.account.confirmation import ConfirmedDesk
from everpost.web.desk.administration.roles import role_choices
from everpost.web.desk.desk import Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.forms.errors import FormError

_SCHEMA: TypeAdapter[InvitationCreate] = TypeAdapter(InvitationCreate)


async def show_invitation(desk: ConfirmedDesk) -> Response:
    """The form for the new user."""
    desk.actor.require_all(Scope.ADMIN)
    return _page(desk, {"role": Role.AUTHOR.value})


async def invite(request: Request, store: OpenStore, desk: ConfirmedDesk) -> Response:
    """Create the user, and show the link, only once."""
    fields = await read_form(request)
    sent = {name: fields.get(name, "").strip() for name in ("name", "email", "role")}
    try:
        body = checked(_SCHEMA, sent, desk.language)
        draft = UserDraft(name=body["name"], email=body["email"], role=body["role"])
        link = await accepted(request, desk.language, lambda: invite_user(store, desk.actor, draft))
    except FormError as refused:
        return _page(desk, sent, refused)
    return _show_link(desk, link)


async def create_link(store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """Show a new link with which the user sets a password."""
    return _show_link(desk, await create_reset(store, desk.actor, user_id))


def _page(desk: Desk, sent: Mapping[str, str], refused: FormError | None = None) -> Response:
    return desk.page(
        "administration/invitation.html",
        desk.text("Invite someone"),
        refused=refused,
        sent=sent,
        roles=role_choices(desk),
    )


def _show_link(desk: Desk, link: ResetLink) -> Response:
    return desk.page(
        "administration/link.html",
        desk.text("Link for %(name)s", name=link.user.name),
        link=f"{desk.shown.urls.base}{link.path}",
        user=link.user,
        until=desk.minute(link.expires_at),
    )
