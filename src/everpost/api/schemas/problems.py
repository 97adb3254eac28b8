"""Errors as JSON: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

Place = Literal["body", "query", "path", "header"]

FieldError = TypedDict(  # not a class, because `in` is a keyword of Python
    "FieldError",
    {
        "field": Annotated[
            str, Field(description="The path of the field, joined by dots; empty for the whole body.")
        ],
        "in": Place,
        "detail": str,
    },
)


class Problem(TypedDict):
    """An error, as a problem document (RFC 9457)."""

    type: Literal["about:blank"]
    title: Annotated[str, Field(description="The reason phrase of the status.")]
    status: int
    detail: Annotated[str, Field(description="The cause of the error, and often the remedy.")]
    errors: NotRequired[
        Annotated[
            list[FieldError], Field(description="The invalid or conflicting fields, with status 409 or 422.")
        ]
    ]
