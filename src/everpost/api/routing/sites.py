"""The host to which passkeys belong."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from everpost.api.routing.dependencies import CurrentSettings
from everpost.api.routing.links import origin_of
from everpost.services.accounts.passkeys import Site
from everpost.settings import Settings

_UNKNOWN = "localhost"


def site_of(request: Request, settings: Settings) -> Site:
    """The host of the request. Browsers use passkeys only over HTTPS or on this machine, so both schemes are
    accepted: behind a proxy, the blog may not know which one its client uses.
    """
    place = urlsplit(origin_of(request, settings))
    origins = (f"https://{place.netloc}", f"http://{place.netloc}")
    return Site(place.hostname or _UNKNOWN, origins)


async def get_site(request: Request, settings: CurrentSettings) -> Site:
    """The site of the request."""
    return site_of(request, settings)


CurrentSite = Annotated[Site, Depends(get_site)]
