"""The ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from everpost import __version__
from everpost.api.bodies import BodyLimit
from everpost.api.documentation import complete
from everpost.api.faults import LastResort
from everpost.api.methods import HeadAsGet
from everpost.api.problems import handle_problems
from everpost.api.routes import add_routes
from everpost.settings import Settings
from everpost.stores import open_store
from everpost.stores.port import Store


class Everpost(FastAPI):
    """The contract as an application."""

    def openapi(self) -> dict[str, Any]:
        return complete(super().openapi())


def create_app(settings: Settings | None = None) -> FastAPI:
    """A blog as an ASGI application; settings come from the environment where none are given.

    To be served as it is, or mounted under a path of another FastAPI application. The store is
    opened at start, or, where nobody runs the lifespan of a mounted application, by the first request.
    """
    keeper = StoreKeeper(settings or Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await keeper.store()
        try:
            yield
        finally:
            await keeper.close()

    app = Everpost(
        title="Everpost",
        version=__version__,
        summary="A blog: posts and their comments.",
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.keeper = keeper
    handle_problems(app)
    for middleware in (BodyLimit, LastResort, HeadAsGet):  # the last one is the outermost
        app.add_middleware(middleware)
    add_routes(app)
    return app


class StoreKeeper:
    """Opens the store of one application once, whoever asks first; who asks meanwhile waits for that."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening: asyncio.Task[Store] | None = None
        self._store: Store | None = None

    async def store(self) -> Store:
        """The store, opened. Misconfigured, Unreachable, SchemaMismatch: who asks next tries again."""
        if self._store is not None:
            return self._store
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    async def close(self) -> None:
        """Close the store; who asks for it afterwards opens it again."""
        store, self._store = self._store, None
        if store is not None:
            await store.close()

    async def _open(self) -> Store:
        try:
            self._store = await open_store(
                self._settings.database_url,
                timeout=self._settings.database_timeout,
                pool_size=self._settings.database_pool_size,
            )
            return self._store
        finally:
            self._opening = None


def _operation_id(route: APIRoute) -> str:
    return route.name
