"""Health as JSON."""

from typing import Literal

from typing_extensions import TypedDict


class Health(TypedDict):
    """Everything is well; otherwise there is a Problem."""

    status: Literal["ok"]
