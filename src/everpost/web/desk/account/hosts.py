"""The host to which passkeys belong, and whether it can have any."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from everpost.api.routing.links import origin_of
from everpost.api.routing.sites import site_of as site_of_request
from everpost.services.accounts.passkeys import Site, login_options
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk

_LOCAL = "localhost"


def site_of(desk: Desk) -> Site:
    """The host of the request."""
    return site_of_request(desk.request, desk.request.app.state.settings)


def has_passkeys(desk: Desk) -> bool:
    """Whether browsers can use passkeys on this host: not at an IP address (WebAuthn, section 5.1.2)."""
    return _address(site_of(desk).host) is None


async def passkey_options(store: Store, desk: Desk) -> str | None:
    """The options for signing in with a passkey, as JSON. None: there cannot be any on this host."""
    return await login_options(store, site_of(desk)) if has_passkeys(desk) else None


def page_with_passkeys(desk: Desk) -> str | None:
    """The URL of this page by the name of this machine, if the browser opened it at a loopback address."""
    origin = urlsplit(origin_of(desk.request, desk.request.app.state.settings))
    address = _address(origin.hostname or "")
    if address is None or not address.is_loopback:
        return None
    port = "" if origin.port is None else f":{origin.port}"
    return f"{origin.scheme}://{_LOCAL}{port}{desk.request.url.path}"


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
