"""The limit: FastAPI returning prebuilt bytes, on the server that `everpost serve` runs.

`ANSWERS` names a JSON file: for each path, the status, headers and body of the response. The body is text,
with one character for each byte.
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Response

from bench.baselines import LATIN

app = FastAPI()


def serve_prebuilt(status: int, headers: dict[str, str], body: str) -> Callable[[], Awaitable[Response]]:
    """An endpoint with this response."""
    answer = Response(body.encode(LATIN), status_code=status, headers=headers)

    async def endpoint() -> Response:
        return answer

    return endpoint


for path, prebuilt in json.loads(Path(os.environ["ANSWERS"]).read_text()).items():
    app.add_api_route(path, serve_prebuilt(**prebuilt))
