"""Dependencies of endpoints."""

from typing import Annotated

from fastapi import Depends, Request

from everpost.api.http.response_cache import ResponseCache
from everpost.services.policies import Policies
from everpost.services.store_lifecycle import StoreLifecycle
from everpost.settings import Settings
from everpost.stores.port import Store


async def get_store(request: Request) -> Store:
    """The store of this application; `app.dependency_overrides` puts another in its place."""
    lifecycle: StoreLifecycle = request.app.state.lifecycle
    return await lifecycle.store()


OpenStore = Annotated[Store, Depends(get_store)]


async def get_settings(request: Request) -> Settings:
    """The settings of this application."""
    settings: Settings = request.app.state.settings
    return settings


async def get_policies(request: Request) -> Policies:
    """The policies of this blog."""
    policies: Policies = request.app.state.policies
    return policies


CurrentPolicies = Annotated[Policies, Depends(get_policies)]


async def get_renderings(request: Request) -> ResponseCache:
    """The posts that this application has rendered."""
    renderings: ResponseCache = request.app.state.renderings
    return renderings


KeptRenderings = Annotated[ResponseCache, Depends(get_renderings)]

CurrentSettings = Annotated[Settings, Depends(get_settings)]
