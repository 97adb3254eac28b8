"""Errors as JSON: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

Place = Literal["body", "query", "path", "header"]

FieldError = TypedDict(  # `in` is a word of Python's: no class can have it as a field
    "FieldError",
    {
        "field": Annotated[str, Field(description="Its name, dots leading inward; empty: the whole body.")],
        "in": Place,
        "detail": str,
    },
)


class Problem(TypedDict):
    """What went wrong."""

    type: Literal["about:blank"]
    title: Annotated[str, Field(description="The phrase of the status.")]
    status: int
    detail: str
    errors: NotRequired[
        Annotated[list[FieldError], Field(description="Which values are at fault, for 409 and 422.")]
    ]
