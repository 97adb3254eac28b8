"""JSON responses, with ETags."""

from collections.abc import Mapping

import orjson
from fastapi import Response

from everpost.api.http.etags import body_etag, is_match, resource_etag
from everpost.domain.revisions import Revision


class JsonResponse(Response):
    """A response with the content as JSON; bytes are sent as they are."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return content if isinstance(content, bytes) else json_bytes(content)


def json_bytes(content: object) -> bytes:
    """The content as compact JSON in UTF-8."""
    return orjson.dumps(content)


def tagged(
    content: Mapping[str, object],
    revision: Revision,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    if_none_match: str | None = None,
) -> Response:
    """A response with a resource in this state, or 304 if the client already has it."""
    body = json_bytes(content)
    return rendered(
        body, resource_etag(revision, body), status=status, headers=headers, if_none_match=if_none_match
    )


def rendered(
    body: bytes,
    tag: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    if_none_match: str | None = None,
) -> Response:
    """A response with these bytes of JSON and their tag, or 304 if the client already has them."""
    if is_match(tag, if_none_match):
        return not_modified(tag, headers)
    return JsonResponse(body, status_code=status, headers=_validators(tag) | dict(headers or {}))


def with_secret(content: Mapping[str, object], secret: Mapping[str, str], answer: Response) -> Response:
    """The response with a secret added to its content, and `no-store`. The ETag does not cover the secret."""
    headers = {**answer.headers, "cache-control": "no-store"}
    del headers["content-length"]
    return JsonResponse({**content, **secret}, status_code=answer.status_code, headers=headers)


def not_modified(tag: str, more: Mapping[str, str] | None = None) -> Response:
    """A 304 response, for a client that already has this representation."""
    return Response(status_code=304, headers=_validators(tag) | dict(more or {}))


def listed(rows: object, headers: Mapping[str, str], if_none_match: str | None) -> Response:
    """A response with a list, or 304 if the client already has it."""
    body = json_bytes(rows)
    return rendered(body, body_etag(body), headers=headers, if_none_match=if_none_match)


def _validators(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "no-cache"}
