"""Dependencies of endpoints."""

from typing import Annotated

from fastapi import Depends, Request

from everpost.api.http.response_cache import ResponseCache
from everpost.services.database.exports import ExportSlot
from everpost.services.database.state import Inspect
from everpost.services.media.resized_copies import ResizedCopies
from everpost.services.media.uploads import Uploads
from everpost.services.policies import Policies
from everpost.services.rendering.renderer import Renderer
from everpost.services.store_lifecycle import StoreLifecycle
from everpost.settings import Settings
from everpost.stores.port import Store


async def get_store(request: Request) -> Store:
    """The store of this application. `app.dependency_overrides` can replace it."""
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


async def get_response_cache(request: Request) -> ResponseCache:
    """The response cache of this application."""
    response_cache: ResponseCache = request.app.state.response_cache
    return response_cache


CurrentResponseCache = Annotated[ResponseCache, Depends(get_response_cache)]


async def get_renderer(request: Request) -> Renderer:
    """The renderer of this application."""
    renderer: Renderer = request.app.state.renderer
    return renderer


async def get_uploads(request: Request) -> Uploads:
    """The uploads of this application."""
    uploads: Uploads = request.app.state.uploads
    return uploads


CurrentUploads = Annotated[Uploads, Depends(get_uploads)]


async def get_resized_copies(request: Request) -> ResizedCopies:
    """The resized copies of pictures of this application."""
    copies: ResizedCopies = request.app.state.resized_copies
    return copies


CurrentResizedCopies = Annotated[ResizedCopies, Depends(get_resized_copies)]

CurrentRenderer = Annotated[Renderer, Depends(get_renderer)]

CurrentSettings = Annotated[Settings, Depends(get_settings)]


async def get_export_slot(request: Request) -> ExportSlot:
    """The slot for exports of this application."""
    slot: ExportSlot = request.app.state.export_slot
    return slot


CurrentExportSlot = Annotated[ExportSlot, Depends(get_export_slot)]


async def get_inspection(request: Request) -> Inspect:
    """The function that describes the software on which this application runs."""
    inspect: Inspect = request.app.state.inspect
    return inspect


CurrentInspection = Annotated[Inspect, Depends(get_inspection)]
