"""Setting up a new blog over HTTP."""

import json

from fastapi import Response

from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.security import ClientAddress, CurrentMember
from everpost.api.routing.sites import CurrentSite
from everpost.api.schemas.credentials.setup import SetupCreate
from everpost.api.schemas.tokens import read_login
from everpost.services.accounts import blog_setup
from everpost.services.accounts.blog_setup import BlogSetup
from everpost.services.accounts.logins import Login
from everpost.services.accounts.passkeys import NewPasskey


async def set_up_blog(
    store: OpenStore,
    policies: CurrentPolicies,
    actor: CurrentMember,
    address: ClientAddress,
    site: CurrentSite,
    body: SetupCreate,
) -> Response:
    """Set up a new blog, once, and log in.

    Send the token that the first start has printed. One transaction sets the title of the blog and the name,
    the email address, the password and the passkey of the first admin, and revokes that token. The response
    contains a bearer token that expires, as that of `POST /login` does.
    """
    passkey = None
    if "passkey" in body:
        credential = json.dumps(body["passkey"]["credential"])
        passkey = NewPasskey(name=body["passkey"]["name"], credential=credential, site=site)
    given = BlogSetup(
        title=body["title"],
        name=body["name"],
        email=body["email"],
        password=body.get("password"),
        passkey=passkey,
    )
    secret, token = await blog_setup.set_up(
        store, actor, given, Login(address=address), policies.logins.lifetime
    )
    return JsonResponse(read_login(secret, token), headers={"cache-control": "no-store"})
