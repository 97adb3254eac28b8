"""Invitations and links that set a password, over HTTP."""

from fastapi import Request, Response

from everpost.api.http.origins import SameOrigin
from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.links import home_url, path_of
from everpost.api.routing.parameters import UserId
from everpost.api.routing.security import ClientAddress, CurrentMember
from everpost.api.schemas.credentials.reset_links import (
    InvitationCreate,
    PasswordReset,
    read_invitation,
    read_reset_link,
)
from everpost.api.schemas.tokens import read_login
from everpost.services.accounts import password_resets
from everpost.services.accounts.logins import Login
from everpost.services.accounts.password_resets import Acceptance
from everpost.services.accounts.users import UserDraft
from everpost.services.blog import read_settings

_NO_STORE = {"cache-control": "no-store"}


async def create_invitation(
    request: Request, store: OpenStore, actor: CurrentMember, body: InvitationCreate
) -> Response:
    """Create a user, and a link with which the user chooses a password.

    The link works once, within seven days, and cannot be read again; `POST /users/{user_id}/reset-link`
    creates another. Send it to the user yourself. Requires a token with all scopes of an admin.
    """
    draft = UserDraft(name=body["name"], email=body["email"], role=body["role"])
    base = home_url(request, await read_settings(store))
    link = await password_resets.invite(store, actor, draft)
    headers = _NO_STORE | {"location": path_of(request, f"/users/{link.user.id}")}
    return JsonResponse(read_invitation(link, base), status_code=201, headers=headers)


async def create_reset_link(
    request: Request, store: OpenStore, actor: CurrentMember, user_id: UserId
) -> Response:
    """Create a link with which another user sets a new password.

    It works once, within a day or, for the first password, within seven days. It replaces earlier links of
    the user, and cannot be read again. Requires a token with all scopes of an admin.
    """
    base = home_url(request, await read_settings(store))
    link = await password_resets.create_reset(store, actor, user_id)
    return JsonResponse(read_reset_link(link, base), headers=_NO_STORE)


async def reset_password(
    store: OpenStore, policies: CurrentPolicies, _own: SameOrigin, address: ClientAddress, body: PasswordReset
) -> Response:
    """Set a password with a link, and log in.

    `token` is the part of the link after `#`. All logins and links of the user end. The response contains a
    bearer token that expires, as that of `POST /login` does.
    """
    given = Acceptance(secret=body["token"], password=body["password"], name=body.get("name"))
    secret, token = await password_resets.reset_password(
        store, given, Login(address=address), policies.logins.lifetime
    )
    return JsonResponse(read_login(secret, token), headers=_NO_STORE)
