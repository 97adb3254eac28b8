"""What OpenAPI says beyond the signatures: every status of an endpoint, its headers, its body."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from everpost.api.problems import MEDIA_TYPE
from everpost.api.schemas.problems import Problem

Responses = dict[int | str, dict[str, Any]]

REQUIRED_SCHEME = "token"
OPTIONAL_SCHEME = "token_or_none"
"""What an operation names that goes without a token, too, until the document is complete."""

_WHY = {
    400: "The body is not JSON, or nested too deeply.",
    401: "There is no token, or it is of no use; `WWW-Authenticate` says which.",
    403: "You may see this, but not do it.",
    404: "There is no such thing.",
    409: "Something else has this value, which must be unique, already.",
    412: "The thing is no longer in a state that `If-Match` names.",
    408: "The body did not arrive in time.",
    413: "The body is too large for this call.",
    415: "The body is not `application/json`.",
    422: "A value breaks a rule; `errors` names each.",
    428: "Changing `status` requires `If-Match` with the comment's ETag.",
    429: "It was tried too often.",
    503: "The database does not answer in time. Nothing is lost: try again.",
}
BODY_PROBLEMS = (400, 408, 413, 415, 422)


def _header(description: str, **schema: object) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


_ETAG = {"ETag": _header("The state of what is in the answer.", pattern='^"[^"]+"$')}
_LOCATION = {"Location": _header("Where the thing is: an absolute path.")}
_RETRY_AFTER = {"Retry-After": _header("Seconds to wait.", pattern="^[0-9]+$")}
_CHALLENGE = {"WWW-Authenticate": _header("What is asked for: a bearer token (RFC 6750).")}
_PROBLEM_HEADERS = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}
LIST_HEADERS = {"Link": _header('The next page, as `<…>; rel="next"`; missing on the last one.')}
COUNT_HEADERS = {
    "X-Total-Count": {
        "description": "How many posts there are; only with `count=true`.",
        "schema": {"type": "integer", "minimum": 0},
    }
}


def reading(model: object, *problems: int, headers: Mapping[str, object] | None = None) -> Responses:
    """The answers of an endpoint that reads something, unless its reader has it already."""
    return {
        200: {"model": model, "description": "Here it is.", "headers": _ETAG | dict(headers or {})},
        304: {"description": "It is as `If-None-Match` says.", "headers": _ETAG},
        **failing(*problems),
    }


def making(model: object, *problems: int) -> Responses:
    """The answers of an endpoint that makes something, and cannot be asked again."""
    headers = _ETAG | _LOCATION
    return {201: {"model": model, "description": "It is stored.", "headers": headers}, **failing(*problems)}


def confiding(model: object, *problems: int, status: int = 200) -> Responses:
    """The answers of an endpoint that tells a secret."""
    return {status: {"model": model, "description": "Keep it to yourself."}, **failing(*problems)}


def creating(model: object, links: Mapping[str, object], *problems: int) -> Responses:
    """The answers of an endpoint that makes something."""
    made = {"model": model, "headers": _ETAG | _LOCATION, "links": dict(links)}
    return {
        201: {**made, "description": "It is stored."},
        200: {**made, "description": "It was stored before: the request is a repeated one."},
        **failing(*problems),
    }


def updating(model: object, *problems: int) -> Responses:
    """The answers of an endpoint that changes something."""
    return {
        200: {"model": model, "description": "As it is now.", "headers": _ETAG},
        **failing(*problems),
    }


def checking(model: object, *problems: int) -> Responses:
    """The answers of an endpoint that tells whether all is well."""
    return {200: {"model": model, "description": "All is well."}, **failing(*problems)}


def failing(*statuses: int) -> Responses:
    """The problems that an endpoint can answer with."""
    return {
        status: {
            "description": _WHY[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": _PROBLEM_HEADERS[status]} if status in _PROBLEM_HEADERS else {}),
        }
        for status in statuses
    }


def links_to(operations: Mapping[str, str], **parameters: str) -> dict[str, object]:
    """OpenAPI links from an answer to the operations on what is in it."""
    return {
        name: {"operationId": operation, "parameters": parameters} for name, operation in operations.items()
    }


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's document with our schema of errors in place of its own, and one scheme of tokens. Once."""
    schemas = document["components"]["schemas"]
    problem = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError", "Position"):
        schemas.pop(unused, None)
    document["components"].get("securitySchemes", {}).pop(OPTIONAL_SCHEME, None)
    for path in document["paths"].values():
        for operation in path.values():
            if "security" in operation:
                operation["security"] = _security(operation["security"])
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    return document


def _security(declared: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """What an operation needs: the token, or the token or nothing."""
    is_required = any(REQUIRED_SCHEME in scheme for scheme in declared)
    return [{REQUIRED_SCHEME: []}] if is_required else [{REQUIRED_SCHEME: []}, {}]
