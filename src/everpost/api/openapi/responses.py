"""The parts of the OpenAPI document that signatures cannot express: tags, security and responses."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from pydantic import TypeAdapter

from everpost.api.http.problems import MEDIA_TYPE
from everpost.api.schemas import examples
from everpost.api.schemas.problems import Problem
from everpost.api.schemas.tokens import LoginForm
from everpost.domain.people.tokens import Scope

Responses = dict[int | str, dict[str, Any]]

REQUIRED_SCHEME = "bearer"
OPTIONAL_SCHEME = "bearer_or_none"
"""Marks operations that also work without a token. `complete` replaces it."""
_LOGIN_SCHEME = "login"

TAGS = (
    ("Posts", "Write, read and list posts, and list their tags."),
    ("Media", "Upload and read pictures and other files, and find out which posts use them."),
    ("Working copies", "Text that you have typed into a post, but not saved yet. Nobody else sees it."),
    ("Revisions", "The states that a post has had, for those who may change it."),
    ("Comments", "The comments of a post, as a flat list or as a tree."),
    ("Moderation", "The comments on all posts that are waiting for a decision."),
    ("Authentication", "Log in and out, and manage the bearer tokens of programs."),
    ("Account", "Your own user account."),
    ("Users", "All user accounts, for admins."),
    ("Settings", "Settings of the whole blog, for admins."),
    ("Database", "The state of the database, and the archive of the blog, for admins."),
    ("Health", "Probes for load balancers and orchestrators."),
)
"""The groups of operations, in the order in which they are shown, with their descriptions."""

_SCOPES: Mapping[str, str] = {
    Scope.POSTS_WRITE: "Create, update and delete posts.",
    Scope.COMMENTS_WRITE: "Comment, and edit or delete your own comments.",
    Scope.COMMENTS_MODERATE: "Approve, reject, edit and delete comments.",
    Scope.MEDIA_WRITE: "Upload, list, change and remove files.",
    Scope.ACCOUNT: "Change your name, email address and password, and manage your tokens.",
    Scope.ADMIN: "Manage users, other users' tokens and the settings of the blog.",
}
_SECURITY_SCHEMES = {
    REQUIRED_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token from `POST /login`, `POST /tokens` or `everpost token create`.",
    },
    _LOGIN_SCHEME: {
        "type": "oauth2",
        "description": "Log in with an email address (as `username`) and a password to get a token.",
        "flows": {
            "password": {"tokenUrl": "login", "scopes": {str(scope): text for scope, text in _SCOPES.items()}}
        },
    },
}

_DESCRIPTIONS = {
    400: "The request body is not valid JSON, or is nested too deeply.",
    401: "Authentication is required, or the token is invalid; see `WWW-Authenticate`.",
    403: "You are not allowed to do this.",
    404: "The resource does not exist, or you are not allowed to see it.",
    408: "The request body did not arrive in time.",
    409: "The change conflicts with existing data; `errors` names the field.",
    412: "The resource has changed: its ETag no longer matches `If-Match`.",
    413: "The request body is too large.",
    415: "The `Content-Type` is not `application/json`.",
    416: "The range begins after the end of the file; see `Content-Range`.",
    422: "The request is invalid; `errors` lists each invalid field or parameter.",
    428: "A precondition is required: send `If-Match` with the ETag of the resource.",
    429: "Too many attempts: wait as long as `Retry-After` says, then try again.",
    503: "The database is busy or unavailable: wait as long as `Retry-After` says, then retry.",
    507: "There is no space left to store the file.",
}
BODY_PROBLEMS = (400, 408, 413, 415, 422)
NO_CONTENT: dict[str, Any] = {"status_code": 204, "response_class": Response}
"""Options of a route that answers without a body."""


def _header(description: str, **schema: object) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


_ETAG = {"ETag": _header("The ETag of this representation.", pattern='^"[^"]+"$')}
_LOCATION = {"Location": _header("The path of the resource.")}
_RETRY_AFTER = {"Retry-After": _header("Seconds to wait before the next attempt.", pattern="^[0-9]+$")}
_CHALLENGE = {"WWW-Authenticate": _header("The `Bearer` challenge of RFC 6750.")}
_PROBLEM_HEADERS = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}
LIST_HEADERS = {"Link": _header('The next page, as `<path>; rel="next"`; absent on the last page.')}
COUNT_HEADERS = {
    "X-Total-Count": {
        "description": "The number of matching posts, if `count=true` was sent.",
        "schema": {"type": "integer", "minimum": 0},
    }
}


def read_responses(
    model: object, description: str, *problems: int, headers: Mapping[str, object] | None = None
) -> Responses:
    """The responses of an endpoint that reads a resource, with conditional requests."""
    return {
        200: {"model": model, "description": description, "headers": _ETAG | dict(headers or {})},
        304: {"description": "Not modified: the ETag still matches `If-None-Match`.", "headers": _ETAG},
        **problem_responses(*problems),
    }


def create_responses(model: object, description: str, *problems: int) -> Responses:
    """The responses of an endpoint that creates a resource, and is not idempotent."""
    headers = _ETAG | _LOCATION
    return {
        201: {"model": model, "description": description, "headers": headers},
        **problem_responses(*problems),
    }


def secret_responses(model: object, description: str, *problems: int, status: int = 200) -> Responses:
    """The responses of an endpoint that returns a secret."""
    return {status: {"model": model, "description": description}, **problem_responses(*problems)}


def idempotent_create_responses(
    model: object, noun: str, links: Mapping[str, object], *problems: int
) -> Responses:
    """The responses of an endpoint that creates a resource, idempotently if the client sends its id."""
    made = {"model": model, "headers": _ETAG | _LOCATION, "links": dict(links)}
    return {
        201: {**made, "description": f"The new {noun}."},
        200: {
            **made,
            "description": f"The {noun} that an earlier, identical request with this `id` created.",
        },
        **problem_responses(*problems),
    }


def update_responses(model: object, description: str, *problems: int) -> Responses:
    """The responses of an endpoint that updates a resource."""
    return {
        200: {"model": model, "description": description, "headers": _ETAG},
        **problem_responses(*problems),
    }


def replacement_responses(model: object, noun: str, *problems: int) -> Responses:
    """The responses of an endpoint that creates a resource at its path, or replaces it."""
    made = {"model": model, "headers": _ETAG}
    return {
        200: {**made, "description": f"The {noun} was replaced, or already had this content."},
        201: {**made, "description": f"The new {noun}."},
        **problem_responses(*problems),
    }


def file_responses(description: str, *problems: int) -> Responses:
    """The responses of an endpoint that returns the bytes of a file, with conditions and ranges."""
    content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return {
        200: {"description": description, "content": content, "headers": _ETAG},
        206: {"description": "The requested range of them.", "content": content, "headers": _ETAG},
        304: {"description": "Not modified: the ETag still matches `If-None-Match`.", "headers": _ETAG},
        **problem_responses(416, *problems),
    }


def plain_responses(model: object, description: str, *problems: int) -> Responses:
    """The responses of an endpoint without conditional requests."""
    return {200: {"model": model, "description": description}, **problem_responses(*problems)}


def problem_responses(*statuses: int) -> Responses:
    """The problem documents that an endpoint can return."""
    return {
        status: {
            "description": _DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": _PROBLEM_HEADERS[status]} if status in _PROBLEM_HEADERS else {}),
        }
        for status in statuses
    }


def response_links(operations: Mapping[str, str], **parameters: str) -> dict[str, object]:
    """OpenAPI links from a response to the operations on the resource in it."""
    return {
        name: {"operationId": operation, "parameters": parameters} for name, operation in operations.items()
    }


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Complete FastAPI's document, once: problem documents instead of its own errors, the ways to
    authenticate, examples, and summaries, each the first line of an endpoint's docstring.
    """
    schemas = document["components"]["schemas"]
    problem = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas |= {"Problem": problem, "LoginForm": TypeAdapter(LoginForm).json_schema()}
    for unused in ("HTTPValidationError", "ValidationError", "Position"):
        schemas.pop(unused, None)
    for name, example in examples.OF_SCHEMAS.items():
        schemas[name]["examples"] = [example]
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    for path in document["paths"].values():
        for operation in path.values():
            _complete_operation(operation)
    return document


def _complete_operation(operation: dict[str, Any]) -> None:
    summary, _, description = operation.pop("description").partition("\n")
    operation["summary"] = summary.removesuffix(".")
    if description:
        operation["description"] = description.strip()
    if "security" in operation:
        operation["security"] = _security(operation["security"])
    responses = operation["responses"]
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]


def _security(declared: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """The alternatives: a token, a login to get one, or, if authentication is optional, neither."""
    is_required = any(REQUIRED_SCHEME in scheme for scheme in declared)
    tokens: list[dict[str, list[str]]] = [{REQUIRED_SCHEME: []}, {_LOGIN_SCHEME: []}]
    return tokens if is_required else [*tokens, {}]
