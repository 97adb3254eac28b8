"""What FastAPI hands to an endpoint."""

from typing import Annotated, Protocol

from fastapi import Depends, Request

from everpost.api.renderings import Renderings
from everpost.settings import Settings
from everpost.stores.port import Store


class StoreKeeper(Protocol):
    """Who has the store of an application, as `app.state.keeper`."""

    async def store(self) -> Store:
        """The store, opened. Misconfigured, Unreachable, SchemaMismatch."""
        ...


async def get_store(request: Request) -> Store:
    """The store of this application; `app.dependency_overrides` puts another in its place."""
    keeper: StoreKeeper = request.app.state.keeper
    return await keeper.store()


OpenStore = Annotated[Store, Depends(get_store)]


async def get_settings(request: Request) -> Settings:
    """The settings of this application."""
    settings: Settings = request.app.state.settings
    return settings


async def get_renderings(request: Request) -> Renderings:
    """The posts that this application has rendered."""
    renderings: Renderings = request.app.state.renderings
    return renderings


KeptRenderings = Annotated[Renderings, Depends(get_renderings)]

CurrentSettings = Annotated[Settings, Depends(get_settings)]
