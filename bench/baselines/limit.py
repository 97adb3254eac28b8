"""The limit: FastAPI handing out bytes that are there already, on the server that `everpost serve` runs.

`ANSWERS` names a file of JSON: for each path the status, the headers and the body of the answer.
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Response

app = FastAPI()


def hand_out(status: int, headers: dict[str, str], body: str) -> Callable[[], Awaitable[Response]]:
    """An endpoint with this answer."""
    answer = Response(body.encode(), status_code=status, headers=headers)

    async def endpoint() -> Response:
        return answer

    return endpoint


for path, prebuilt in json.loads(Path(os.environ["ANSWERS"]).read_text()).items():
    app.add_api_route(path, hand_out(**prebuilt))
