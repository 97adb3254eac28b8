"""A private S3 server, and how it fails."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIATESTKEY", "AWS_SECRET_ACCESS_KEY": "not-to-be-shown"}


@dataclass
class S3Server:
    """A server with one bucket for each test."""

    url: str
    fault: str | None = None
    """The answer to the next requests, as `507 Insufficient Storage XMinioStorageFull`; None: as usual."""

    def new_bucket(self) -> str:
        name = f"blog-{uuid4().hex}"
        httpx.put(f"{self.url}/{name}").raise_for_status()
        return name

    def media_url(self, bucket: str) -> str:
        return f"s3://{bucket}/media?endpoint={self.url}&region=us-east-1"

    @contextmanager
    def failing(self, fault: str) -> Iterator[None]:
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A server on a free port. The environment has credentials for it."""
    state = S3Server("")
    moto = DomainDispatcherApplication(create_backend_app)

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if state.fault is None:
            answer: Iterable[bytes] = moto(environ, start)
            return answer
        status, _, code = state.fault.rpartition(" ")
        start(status, [("Content-Type", "application/xml")])
        return [f"<Error><Code>{code}</Code><AWSAccessKeyId>AKIATESTKEY</AWSAccessKeyId></Error>".encode()]

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
    state.url = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in CREDENTIALS.items():
                patch.setenv(name, value)
            yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """No log."""
