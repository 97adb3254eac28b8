"""One person: `GET /users/{user_id}` and, to change the role or the state, `PATCH /users/{user_id}`."""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import UserId
from everpost.api.schemas.users import UserUpdate
from everpost.domain.ids import Id
from everpost.services.accounts import users
from everpost.services.accounts.users import UserEdit
from everpost.web.desk.account.confirmation import ConfirmedDesk
from everpost.web.desk.administration.people import present
from everpost.web.desk.administration.roles import role_choices
from everpost.web.desk.desk import Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.forms.errors import FormError

_SCHEMA: TypeAdapter[UserUpdate] = TypeAdapter(UserUpdate)


async def show_person(store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """A page about the person, with a form for each thing to change."""
    return await _page(store, desk, user_id)


async def change_role(request: Request, store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """Give the person another role."""
    fields = await read_form(request)
    sent = {"role": fields.get("role", "")}
    return await _change(request, store, desk, user_id, fields, sent, notice="role-changed")


async def disable_person(
    request: Request, store: OpenStore, desk: ConfirmedDesk, user_id: UserId
) -> Response:
    """Disable the account, and revoke its tokens and sessions."""
    fields = await read_form(request)
    return await _change(request, store, desk, user_id, fields, {"disabled": True}, notice="user-disabled")


async def enable_person(request: Request, store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """Enable the account again."""
    fields = await read_form(request)
    return await _change(request, store, desk, user_id, fields, {"disabled": False}, notice="user-enabled")


async def _change(
    request: Request,
    store: OpenStore,
    desk: Desk,
    id: Id,
    fields: Mapping[str, str],
    sent: Mapping[str, object],
    *,
    notice: str,
) -> Response:
    try:
        body = checked(_SCHEMA, sent, desk.language)
        edit = UserEdit(role=body.get("role"), is_disabled=body.get("disabled"))
        match = parse_expected_revision(fields.get("revision", ""))
        await accepted(
            request,
            desk.language,
            lambda: users.change_user(store, desk.actor, id, edit, match=match),
        )
    except FormError as refused:
        return await _page(store, desk, id, refused, role=fields.get("role"))
    return desk.redirect(f"/people/{id}", notice=notice)


async def _page(
    store: OpenStore, desk: Desk, id: Id, refused: FormError | None = None, role: str | None = None
) -> Response:
    user = await users.read_user(store, desk.actor, id)
    (person,) = await present(store, desk, user)
    return desk.page(
        "administration/person.html",
        user.name,
        refused=refused,
        person=person,
        revision=revision_text(user.revision),
        is_self=user.id == desk.user.id,
        roles=role_choices(desk),
        chosen=role or user.role.value,
    )
