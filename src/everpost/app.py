"""The ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from everpost import __version__
from everpost.api.http.problems import handle_problems
from everpost.api.http.response_cache import ResponseCache
from everpost.api.middleware.deadlines import StoreDeadline
from everpost.api.middleware.methods import HeadMiddleware
from everpost.api.middleware.public_post import PublicPost
from everpost.api.middleware.refusals import log_refusal
from everpost.api.middleware.request_limits import RequestLimits
from everpost.api.middleware.security_headers import EXPOSED, SecurityHeadersMiddleware
from everpost.api.middleware.send_timeout import SendTimeout
from everpost.api.middleware.unexpected_errors import UnexpectedErrorMiddleware
from everpost.api.openapi.responses import TAGS, complete
from everpost.api.openapi.swagger_page import add_docs
from everpost.api.routes import add_routes
from everpost.api.routing.route import CallRoute
from everpost.services import security_events
from everpost.services.policies import Policies
from everpost.services.rendering import Renderer
from everpost.services.store_lifecycle import StoreLifecycle
from everpost.settings import Settings, is_traced
from everpost.stores import open_store
from everpost.stores.caching import CachedStore
from everpost.stores.port import Store

_MEGABYTE = 1_000_000


class Everpost(FastAPI):
    """The application that serves the HTTP API."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            for route in self.routes:
                if isinstance(route, CallRoute):
                    route.declare_response_models()
            complete(super().openapi())  # stored in openapi_schema
        return super().openapi()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create a blog as an ASGI application. By default, settings come from the environment.

    Serve it as it is, or mount it in another FastAPI application. The store is opened at startup or, if the
    lifespan of a mounted application is not run, by the first request.
    """
    settings = settings or Settings()
    lifecycle = StoreLifecycle(partial(_open_store, settings), admin_token=settings.admin_token)

    renderer = Renderer(capacity=settings.cache_megabytes * _MEGABYTE, embed_hosts=settings.embed_hosts)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await lifecycle.store()
        try:
            yield
        finally:
            security_events.flush()
            renderer.close()
            await lifecycle.close()

    traced = is_traced()  # otherwise, FastAPI would check at every request whether tracing is on
    app = Everpost(
        title="Everpost",
        version=__version__,
        summary="The HTTP API of a blog: its posts, their comments, and the people who write them.",
        openapi_tags=[{"name": name, "description": description} for name, description in TAGS],
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": traced, "metrics": traced, "logs": traced},
    )
    app.state.lifecycle = lifecycle
    app.state.policies = Policies.of(settings)
    app.state.settings = settings
    app.state.response_cache = ResponseCache()
    app.state.renderer = renderer
    handle_problems(app, log_refusal)
    if not traced:  # traces need the route, which the shortcut skips
        app.add_middleware(PublicPost)
    _wrap(app, settings)
    add_routes(app)
    if settings.docs:
        add_docs(app)
    return app


def _wrap(app: FastAPI, settings: Settings) -> None:
    """Add the middleware; the last one added is the outermost."""
    app.add_middleware(StoreDeadline, timeout=settings.database_timeout)
    app.add_middleware(UnexpectedErrorMiddleware)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "HEAD", "POST", "PATCH", "DELETE"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
        )
    app.add_middleware(RequestLimits, proxies=settings.proxies)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(SendTimeout, timeout=settings.send_timeout)


async def _open_store(settings: Settings) -> Store:
    store = await open_store(
        settings.database_url,
        timeout=settings.database_timeout,
        pool_size=settings.database_pool_size,
        sql_engine=settings.sql_engine,
    )
    return CachedStore(store, capacity=settings.cache_megabytes * _MEGABYTE)


def _operation_id(route: APIRoute) -> str:
    return route.name
