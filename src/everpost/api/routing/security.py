"""Authentication: the token and the client address of a request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from everpost.api.openapi.responses import OPTIONAL_SCHEME, REQUIRED_SCHEME
from everpost.api.routing.dependencies import CurrentPolicies, CurrentSettings, OpenStore
from everpost.api.routing.parameters import EDIT_KEY_HEADER
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.errors import Unauthenticated
from everpost.services.accounts.reauthentication import Proof
from everpost.services.accounts.tokens import identify

ACTOR_ID = "actor_id"
"""The attribute of the request's state with the id of the authenticated user; None for the public."""


class _Described(HTTPBearer):
    """A security scheme for the OpenAPI document only: `get_actor` reads the header."""

    async def __call__(self, _request: HTTPConnection) -> None:
        return None


def _scheme(name: str) -> _Described:
    return _Described(scheme_name=name, auto_error=False)


_token, _token_or_none = _scheme(REQUIRED_SCHEME), _scheme(OPTIONAL_SCHEME)


async def get_actor(
    request: Request, store: OpenStore, _declared: Annotated[None, Depends(_token_or_none)]
) -> Actor:
    """The user whose token is in the `Authorization` header; without the header, the public. Raises
    Unauthenticated if the header is malformed, or the token is invalid.
    """
    sent = request.headers.getlist("authorization")
    if not sent:
        return PUBLIC
    scheme, _, secret = sent[0].strip().partition(" ")
    if len(sent) > 1 or scheme.lower() != "bearer":
        raise Unauthenticated(
            "The Authorization header is malformed: send `Bearer` and a token.", is_bad_token=True
        )
    actor = await identify(store, secret.strip())
    setattr(request.state, ACTOR_ID, actor.id)
    return actor


def credential_headers(dependant: Dependant) -> list[str]:
    """The credential headers that an endpoint with these dependencies reads, for the Vary header."""
    named = {field.alias for field in dependant.header_params} & {EDIT_KEY_HEADER}
    if dependant.call is get_actor:
        named.add("Authorization")
    return sorted(named.union(*map(credential_headers, dependant.dependencies)))


CurrentActor = Annotated[Actor, Depends(get_actor)]
"""The actor, or the public."""


async def get_member(actor: CurrentActor, _declared: Annotated[None, Depends(_token)]) -> Actor:
    """The authenticated actor. Raises Unauthenticated if there is no token, before other parameters are
    validated.
    """
    if actor.user is None:
        raise Unauthenticated
    return actor


CurrentMember = Annotated[Actor, Depends(get_member)]
"""The authenticated actor."""


async def get_address(request: Request, settings: CurrentSettings) -> str:
    """The address of the client; empty if it is not known, as on a Unix socket. Behind proxies it is the
    address that the outermost trusted proxy added to X-Forwarded-For: clients can forge the ones before it.
    """
    peer = "" if request.client is None else request.client.host
    if settings.proxies == 0:
        return peer
    seen = [each.strip() for line in request.headers.getlist("x-forwarded-for") for each in line.split(",")]
    return _without_port(seen[-settings.proxies]) if len(seen) >= settings.proxies else peer


def _without_port(address: str) -> str:
    """The address without the port that some proxies add: `[2001:db8::1]:443`, `192.0.2.1:443`."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


ClientAddress = Annotated[str, Depends(get_address)]


async def get_proof(policies: CurrentPolicies, address: ClientAddress) -> Proof:
    """The address and the rate limits for checking `current_password`, which the endpoint adds."""
    return Proof(address=address, rules=policies.logins)


CurrentProof = Annotated[Proof, Depends(get_proof)]
