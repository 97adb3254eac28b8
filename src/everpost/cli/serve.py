"""`everpost serve`."""

import asyncio
import errno
import gc
import os
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Annotated

import structlog
import typer
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from everpost.app import API, check_theme, create_api, create_app
from everpost.cli.server.addresses import local_address
from everpost.cli.server.logs import SERVER_LOGS, configure_logs
from everpost.cli.server.processes import end_with_parent, raise_file_limit
from everpost.cli.server.signals import Application, end_at_once_until_requested, end_forked_workers_at_once
from everpost.cli.server.tcp_timeout import close_stalled_connections
from everpost.errors import Misconfigured
from everpost.services.accounts.bootstrap import has_admin, keep_given_token, make_first_token
from everpost.settings import Settings, read_settings, unknown_settings
from everpost.stores import open_store, readable_warning, transport_warning
from everpost.stores.addresses import describe_url

_OTHER_PORT = "Choose another port with --port or EVERPOST_PORT."
_CONNECTION_BUFFER = 64 * 1024
"""Bytes that the server buffers per connection: of headers, and of a response that is not read."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [EVERPOST_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [EVERPOST_PORT]")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Number of worker processes.  [EVERPOST_WORKERS]")
    ] = None,
    api_only: Annotated[
        bool | None,
        typer.Option("--api-only", help="Serve only the HTTP API, at /.  [EVERPOST_API_ONLY]"),
    ] = None,
) -> None:
    """Serve the blog over HTTP: its pages at /, its API at /api.

    An empty database is set up first. SIGTERM and SIGINT stop the server
    after requests in flight have finished.
    """
    settings = read_settings(host=host, port=port, workers=workers, api_only=api_only)
    configure_logs(settings)
    _warn(settings)
    if not settings.api_only:
        check_theme(settings)
    address = _free_address(settings)
    asyncio.run(_prepare(settings))
    server = Server(
        "everpost",
        address=address,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        loop=Loops.auto,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=_CONNECTION_BUFFER),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
        respawn_failed_workers=True,
        # Otherwise a client that never completes its body would block the shutdown.
        workers_kill_timeout=settings.shutdown_timeout,
    )
    announcement = threading.Thread(target=_announce, args=(settings, address), daemon=True)
    server.on_startup(announcement.start)
    end_forked_workers_at_once()
    server.serve(target_loader=partial(_load, settings, os.getpid()), wrap_loader=False)


def _warn(settings: Settings) -> None:
    """Print a one-line warning for each unknown setting, if others can read the database, and if too few
    files can be opened.
    """
    for unknown in unknown_settings(sys.argv):
        structlog.get_logger("everpost").warning(unknown)
    readable = transport_warning(settings.database_url) or readable_warning(settings.database_url)
    for warning in (readable, raise_file_limit(settings.workers)):
        if warning is not None:
            typer.echo(f"Warning: {warning}", err=True)


def _free_address(settings: Settings) -> str:
    """The numeric address to listen on. Raises Misconfigured if it cannot be used.

    Granian's sockets share their port, so it would not notice a port that is in use.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = f"the address is already in use. {_OTHER_PORT}" if taken else error.strerror
        raise Misconfigured(f"Cannot listen on {settings.host}:{settings.port}: {reason}") from None
    return str(place[0])


async def _prepare(settings: Settings) -> None:
    """Set up an empty database, with an admin. Fails before any worker starts if that is impossible."""
    store = await open_store(
        settings.database_url,
        timeout=settings.database_timeout,
        pool_size=1,
        media_url=settings.media_url,
    )
    try:
        if settings.admin_token is not None:
            await keep_given_token(store, settings.admin_token)
        elif (secret := await make_first_token(store)) is not None:
            typer.echo(_welcome(settings, secret))
        elif not await has_admin(store):
            typer.echo(
                "The blog has users, but no admin. Add one with: everpost user add --role admin", err=True
            )
    finally:
        await store.close()


def _welcome(settings: Settings, secret: str) -> str:
    """The next step on a new blog. The secret is in the fragment of the address, which browsers send to no
    server.
    """
    if settings.api_only:
        return f"Token of the first admin (shown only once): {secret}"
    return (
        f"Set up your blog (the address is shown only once): {local_address(settings)}/desk/welcome#{secret}"
    )


def _announce(settings: Settings, address: str) -> None:
    """Print the blog's address once it can be reached: Granian does not report when a worker is ready."""
    while not _accepts_connections(address, settings.port):
        time.sleep(0.01)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    root = "" if settings.api_only else API
    with suppress(BrokenPipeError):  # standard output was closed
        typer.echo(
            f"Everpost is listening on http://{host}:{settings.port}\n"
            f"Database: {describe_url(settings.database_url)}"
            + (f"\nAPI documentation: http://{host}:{settings.port}{root}/docs" if settings.docs else "")
        )


def _accepts_connections(address: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


def _load(settings: Settings, parent: int) -> Application:
    """Create the application in a worker process."""
    end_with_parent(parent)
    configure_logs(settings)
    application = create_api(settings) if settings.api_only else create_app(settings)
    # Imported objects are never freed: collecting garbage among them stops requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    guarded = close_stalled_connections(application, port=settings.port, timeout=settings.send_timeout)
    return end_at_once_until_requested(guarded, asyncio.get_event_loop())
