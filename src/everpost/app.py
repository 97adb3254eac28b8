"""The ASGI applications: the whole blog, and its HTTP API alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from everpost import __version__
from everpost.api.http.problems import handle_problems, log_unusable_database, problem
from everpost.api.http.response_cache import ResponseCache
from everpost.api.middleware.deadlines import StoreDeadline
from everpost.api.middleware.methods import HeadMiddleware
from everpost.api.middleware.public_post import PublicPost
from everpost.api.middleware.refusals import log_refusal
from everpost.api.middleware.request_limits import RequestLimits
from everpost.api.middleware.security_headers import EXPOSED, SecurityHeadersMiddleware
from everpost.api.middleware.send_timeout import SendTimeout
from everpost.api.middleware.unexpected_errors import Refuse, UnexpectedErrorMiddleware
from everpost.api.openapi.responses import TAGS, complete
from everpost.api.openapi.swagger_page import add_docs
from everpost.api.routes import add_routes
from everpost.api.routing.route import CallRoute
from everpost.errors import Busy, SchemaMismatch, Unreachable
from everpost.services import security_events
from everpost.services.database.exports import ExportSlot
from everpost.services.database.state import Installation
from everpost.services.media.jobs import cleaning
from everpost.services.media.processes import MediaProcesses
from everpost.services.media.resized_copies import ResizedCopies
from everpost.services.media.uploads import Uploads
from everpost.services.policies import Policies
from everpost.services.rendering.renderer import Renderer
from everpost.services.store_lifecycle import StoreLifecycle
from everpost.services.trash.expiry import emptying
from everpost.settings import Settings, is_traced
from everpost.stores import open_schema, open_store
from everpost.stores.caching import CachedStore
from everpost.stores.port import Store
from everpost.web.assets import Assets
from everpost.web.feeds.sitemap import SitemapFiles
from everpost.web.languages import Languages
from everpost.web.page_cache import PageCache
from everpost.web.problems import error_page, handle_as_pages
from everpost.web.rendering import Templates
from everpost.web.routes import add_pages
from everpost.web.shortcut import PublicPageShortcut
from everpost.web.site import Presentations

API = "/api"
"""The path of the HTTP API, below that of the blog."""
_MEGABYTE = 1_000_000
_PROBES = "/health/"


class Api(FastAPI):
    """The application that serves the HTTP API, with its paths at its own root."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            for route in self.routes:
                if isinstance(route, CallRoute):
                    route.declare_response_models()
            complete(super().openapi())  # stored in openapi_schema
        return super().openapi()


class Blog(FastAPI):
    """The application that serves the whole blog: its own routes are the pages, `api` serves the rest."""

    api: Api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        root = scope.get("root_path", "").rstrip("/")
        path: str = scope["path"]
        inner = path[len(root) :] if path.startswith(f"{root}/") else path
        if inner.startswith(f"{API}/") or inner == API:
            # The path contains the root, also if the server passed it without.
            await self.api({**scope, "root_path": root + API, "path": root + inner}, receive, send)
        elif inner.startswith(_PROBES):
            await self.api(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> Blog:
    """Create a whole blog as an ASGI application: pages at `/`, the HTTP API at `/api`, and probes at
    `/health`. By default, settings come from the environment.

    Serve it as it is, or mount it in another FastAPI application. The store is opened at startup; if the
    lifespan of a mounted application is not run, or the database cannot be used yet, by a request. Raises
    Misconfigured if the theme cannot be used.
    """
    settings = settings or Settings()
    api = create_api(settings)
    blog = Blog(title="Everpost", **_options())
    blog.api, blog.state, blog.dependency_overrides = api, api.state, api.dependency_overrides
    handle_as_pages(blog, log_refusal)
    blog.state.api_below_pages = API
    blog.state.languages = Languages()
    blog.state.presentations = Presentations(api.state.renderer, settings, blog.state.languages)
    blog.state.sitemap_files = SitemapFiles()
    blog.state.page_cache = PageCache(settings.cache_megabytes * _MEGABYTE)
    if not is_traced():
        blog.add_middleware(PublicPageShortcut)
    _wrap(blog, settings, refuse=error_page)
    add_pages(blog)
    return blog


def check_theme(settings: Settings) -> None:
    """Raises Misconfigured if the blog cannot use its theme."""
    Templates(settings.theme)
    Assets(settings.theme)


def create_api(settings: Settings | None = None) -> Api:
    """Create the HTTP API alone as an ASGI application, with its paths at its own root: `/posts`. Settings
    are as for `create_app`.
    """
    settings = settings or Settings()
    policies = Policies.of(settings)
    lifecycle = StoreLifecycle(
        partial(_open_store, settings),
        admin_token=settings.admin_token,
        jobs=[*emptying(policies.trash_lifetime), *cleaning(policies.unused_media)],
    )
    renderer = Renderer(capacity=settings.cache_megabytes * _MEGABYTE, embed_hosts=settings.embed_hosts)
    app = Api(
        title="Everpost",
        version=__version__,
        summary="The HTTP API of a blog: its posts, their comments, and the people who write them.",
        openapi_tags=[{"name": name, "description": description} for name, description in TAGS],
        generate_unique_id_function=_operation_id,
        **_options(),
    )
    app.state.lifecycle = lifecycle
    app.state.policies = policies
    app.state.settings = settings
    app.state.api_below_pages = None
    app.state.response_cache = ResponseCache()
    app.state.renderer = renderer
    app.state.media_processes = processes = MediaProcesses()
    app.state.uploads = uploads = Uploads(processes, policies.media)
    app.state.resized_copies = ResizedCopies(processes, uploads)
    app.state.export_slot = ExportSlot()
    app.state.inspect = partial(_inspect, settings)
    handle_problems(app, log_refusal)
    if not is_traced():  # traces need the route, which the shortcut skips
        app.add_middleware(PublicPost)
    _wrap(app, settings, origins=settings.cors_origins)
    add_routes(app)
    if settings.docs:
        add_docs(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    try:
        await state.lifecycle.store()
    except (Unreachable, SchemaMismatch, Busy) as error:
        # Each request tries again, so a worker that is started during an outage serves after it.
        log_unusable_database(error)
    try:
        yield
    finally:
        security_events.flush()
        state.renderer.close()
        await state.resized_copies.close()
        state.media_processes.close()
        await state.lifecycle.close()


def _options() -> dict[str, Any]:
    traced = is_traced()  # otherwise, FastAPI would check at every request whether tracing is on
    return {
        "lifespan": _lifespan,
        "openapi_url": None,
        "docs_url": None,
        "redoc_url": None,
        "redirect_slashes": False,
        "telemetry": {"tracing": traced, "metrics": traced, "logs": traced},
    }


def _refuse(_scope: Scope, status: int, detail: str) -> Response:
    return problem(status, detail)


def _wrap(
    app: FastAPI, settings: Settings, *, refuse: Refuse = _refuse, origins: tuple[str, ...] = ()
) -> None:
    """Add the middleware; the last one added is the outermost. `refuse` makes their error responses."""
    app.add_middleware(StoreDeadline, timeout=settings.database_timeout)
    app.add_middleware(UnexpectedErrorMiddleware, refuse=refuse)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
        )
    app.add_middleware(RequestLimits, proxies=settings.proxies, refuse=refuse)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(SendTimeout, timeout=settings.send_timeout)


async def _open_store(settings: Settings) -> Store:
    store = await open_store(
        settings.database_url,
        timeout=settings.database_timeout,
        pool_size=settings.database_pool_size,
        media_url=settings.media_url,
        sql_engine=settings.sql_engine,
    )
    return CachedStore(store, capacity=settings.cache_megabytes * _MEGABYTE)


async def _inspect(settings: Settings) -> Installation:
    schema = open_schema(settings.database_url, timeout=settings.database_timeout)
    try:
        return Installation(__version__, await schema.server(), await schema.current())
    finally:
        await schema.close()


def _operation_id(route: APIRoute) -> str:
    return route.name
