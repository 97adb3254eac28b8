"""Sessions of the desk: a login's token, kept in a cookie.

The API's logins are the same tokens. So a session has an expiry and the scopes of its user, is listed and
revoked like any other token, and ends with the password, the role or the user.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

from everpost.api.routing.links import origin_of
from everpost.api.routing.security import ACTOR_ID
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.domain.people.tokens import Token, TokenKind
from everpost.errors import Unauthenticated
from everpost.services.accounts.tokens import identify
from everpost.settings import Settings
from everpost.stores.port import Store
from everpost.web.urls import root_of

_NAME = "everpost"
_LOCAL = "localhost"


async def session_actor(request: Request, store: Store) -> Actor:
    """The user whose session is in the cookie; without the cookie, the public. Raises Unauthenticated if the
    session has ended.
    """
    secret = request.cookies.get(_cookie_name(request))
    if secret is None:
        return PUBLIC
    actor = await identify(store, secret)
    if actor.token is None or actor.token.kind is not TokenKind.LOGIN:
        raise Unauthenticated("This is not a session.", is_bad_token=True)
    setattr(request.state, ACTOR_ID, actor.id)
    return actor


def start_session(request: Request, response: Response, secret: str, token: Token) -> None:
    """Put the session into the browser's cookies, where no script can read it."""
    response.set_cookie(
        _cookie_name(request),
        secret,
        expires=token.expires_at,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def end_session(request: Request, response: Response) -> None:
    """Delete the cookie."""
    response.delete_cookie(_cookie_name(request), secure=is_secure(request), httponly=True, samesite="lax")


def is_secure(request: Request) -> bool:
    """Whether the browser sent the request over HTTPS."""
    return origin_of(request, _settings(request)).startswith("https://")


def is_exposed(request: Request) -> bool:
    """Whether others on the network could read a password in this request."""
    if is_secure(request):
        return False
    origin = origin_of(request, _settings(request))
    host = urlsplit(origin).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != _LOCAL and not host.endswith(f".{_LOCAL}")


def _cookie_name(request: Request) -> str:
    """The name, with the path of a blog that is mounted below one: a host may have several blogs. Over HTTPS,
    the prefix keeps other hosts of the domain from setting the cookie (RFC 6265bis, section 4.1.3.2).
    """
    prefix = "__Host-" if is_secure(request) else ""
    return f"{prefix}{_NAME}{root_of(request).replace('/', '.')}"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
