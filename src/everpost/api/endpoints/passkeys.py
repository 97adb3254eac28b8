"""Passkeys over HTTP. A browser on the host of the blog creates them and signs with them (WebAuthn)."""

import json
from dataclasses import replace

from fastapi import Response

from everpost.api.http.origins import SameOrigin
from everpost.api.http.responses import JsonResponse, listed
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.parameters import IfNoneMatch, PasskeyId
from everpost.api.routing.security import ClientAddress, CurrentMember, CurrentProof
from everpost.api.routing.sites import CurrentSite
from everpost.api.schemas.credentials.passkeys import PasskeyCreate, PasskeyLogin, read_passkey
from everpost.api.schemas.tokens import read_login
from everpost.services.accounts import passkeys
from everpost.services.accounts.logins import Login
from everpost.services.accounts.passkeys import NewPasskey
from everpost.services.blog import read_settings

_NO_STORE = {"cache-control": "no-store"}


async def list_passkeys(
    store: OpenStore, actor: CurrentMember, if_none_match: IfNoneMatch = None
) -> Response:
    """List your passkeys, oldest first.

    Requires the scope `account`.
    """
    found = await passkeys.list_passkeys(store, actor)
    return listed([read_passkey(each) for each in found], {}, if_none_match)


async def create_passkey_options(store: OpenStore, actor: CurrentMember, site: CurrentSite) -> Response:
    """Get the options for a new passkey.

    Pass them to `navigator.credentials.create()` in a browser on the host of the blog, within ten minutes.
    Requires a token with all scopes of your role.
    """
    title = (await read_settings(store)).title
    options = await passkeys.registration_options(store, actor, site, title)
    return JsonResponse(options.encode(), headers=_NO_STORE)


async def create_passkey(
    store: OpenStore, actor: CurrentMember, site: CurrentSite, proof: CurrentProof, body: PasskeyCreate
) -> Response:
    """Add a passkey that your browser has created.

    It can be used to log in, so a token with all scopes of your role is required and, if you have a password,
    also `current_password` or a login that is less than 15 minutes old.
    """
    new = NewPasskey(name=body["name"], credential=json.dumps(body["credential"]), site=site)
    given = replace(proof, current_password=body.get("current_password"))
    return JsonResponse(
        read_passkey(await passkeys.add_passkey(store, actor, new, given)), status_code=201, headers=_NO_STORE
    )


async def delete_passkey(store: OpenStore, actor: CurrentMember, passkey_id: PasskeyId) -> Response:
    """Delete one of your passkeys.

    Requires the scope `account`.
    """
    await passkeys.remove_passkey(store, actor, passkey_id)
    return Response(status_code=204)


async def create_login_options(store: OpenStore, _own: SameOrigin, site: CurrentSite) -> Response:
    """Get the options for a login with a passkey.

    Pass them to `navigator.credentials.get()` in a browser on the host of the blog, within ten minutes.
    """
    return JsonResponse((await passkeys.login_options(store, site)).encode(), headers=_NO_STORE)


async def log_in_with_passkey(
    store: OpenStore,
    policies: CurrentPolicies,
    _own: SameOrigin,
    address: ClientAddress,
    site: CurrentSite,
    body: PasskeyLogin,
) -> Response:
    """Log in with a passkey.

    The response contains a bearer token that expires, as that of `POST /login` does.
    """
    secret, token = await passkeys.log_in_with_passkey(
        store, site, json.dumps(body["credential"]), Login(address=address), policies.logins.lifetime
    )
    return JsonResponse(read_login(secret, token), headers=_NO_STORE)
