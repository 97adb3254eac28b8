"""Health as JSON."""

from typing import Literal

from typing_extensions import TypedDict


class Health(TypedDict):
    """The state of the service. If it is not `ok`, the response is a problem document."""

    status: Literal["ok"]
