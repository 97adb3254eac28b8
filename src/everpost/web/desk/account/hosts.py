"""The host to which passkeys belong."""

from urllib.parse import urlsplit

from everpost.api.routing.links import origin_of
from everpost.services.accounts.passkeys import Site
from everpost.web.desk.desk import Desk

_UNKNOWN = "localhost"


def site_of(desk: Desk) -> Site:
    """The host of the request. Browsers use passkeys only over HTTPS or on this machine, so both schemes are
    accepted: behind a proxy, the blog may not know which one its client uses.
    """
    place = urlsplit(origin_of(desk.request, desk.request.app.state.settings))
    origins = (f"https://{place.netloc}", f"http://{place.netloc}")
    return Site(place.hostname or _UNKNOWN, origins)
