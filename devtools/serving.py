"""Serves applications in this process, for browsers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI
from uvicorn import Config, Server


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield


@asynccontextmanager
async def serving(application: FastAPI) -> AsyncIterator[str]:
    """Serves the application on a free port of this machine, without its lifespan, and yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = Config(application, lifespan="off", ws="none", log_level="warning", access_log=False)
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()
