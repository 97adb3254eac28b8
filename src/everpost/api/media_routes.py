"""The routes for uploaded files."""

from functools import partial
from typing import Any

from fastapi import FastAPI

from everpost.api.endpoints.media import contents, files
from everpost.api.http.files.uploads import FILE, MULTIPART
from everpost.api.http.request_bodies import UPLOAD_BODY
from everpost.api.openapi.responses import (
    BODY_PROBLEMS,
    LIST_HEADERS,
    NO_CONTENT,
    file_responses,
    idempotent_create_responses,
    problem_responses,
    read_responses,
    response_links,
    update_responses,
)
from everpost.api.schemas.media.files import MAX_SENT_NAME, MediaRead, MediaUseRead
from everpost.domain.media.files import MAX_ALT

_BINARY = {"type": "string", "format": "binary"}
_FORM = {
    "type": "object",
    "required": [FILE],
    "properties": {
        FILE: _BINARY,
        "alt": {"type": "string", "maxLength": MAX_ALT},
        "name": {"type": "string", "maxLength": MAX_SENT_NAME},
    },
}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {MULTIPART: {"schema": _FORM}, "application/octet-stream": {"schema": _BINARY}},
}
_LINKS = response_links(
    {
        "GetFile": "get_file",
        "UpdateFile": "update_file",
        "DeleteFile": "delete_file",
        "ListFileUses": "list_file_uses",
    },
    file_id="$response.body#/id",
)


def add_media_routes(app: FastAPI) -> None:
    """Add these routes to the application."""
    _add_files(app)
    _add_file(app)
    app.add_api_route(
        "/media/{digest}/{name}",
        contents.get_file_content,
        methods=["GET"],
        tags=["Media"],
        responses=file_responses("The bytes of the file, or of its resized copy.", 401, 404, 422, 503),
    )


def _add_files(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/media", tags=["Media"])
    add(
        files.list_files,
        methods=["GET"],
        responses=read_responses(
            list[MediaRead], "A page of files.", 401, 403, 422, 503, headers=LIST_HEADERS
        ),
    )
    answers = idempotent_create_responses(MediaRead, "file", _LINKS, *BODY_PROBLEMS, 401, 403, 503, 507)
    answers[200]["description"] = "The file with the same bytes that was uploaded before."
    answers[400]["description"] = "The request body is incomplete, or is not a valid form."
    answers[413]["description"] = "The file, or the picture in it, is larger than the limit."
    answers[415]["description"] = "Files of this type are not accepted."
    answers[422]["description"] = "The file is damaged, or a parameter is invalid; see `errors`."
    add(
        files.upload_file,
        methods=["POST"],
        status_code=201,
        responses=answers,
        openapi_extra={"requestBody": _BODY},
        max_body_size=UPLOAD_BODY,
    )


def _add_file(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/media/{file_id}", tags=["Media"])
    add(
        files.get_file,
        methods=["GET"],
        responses=read_responses(MediaRead, "The facts about the file.", 401, 403, 404, 503),
    )
    add(
        files.update_file,
        methods=["PATCH"],
        responses=update_responses(MediaRead, "The updated facts.", *BODY_PROBLEMS, 401, 403, 404, 412, 503),
    )
    add(
        files.delete_file,
        methods=["DELETE"],
        response_description="The file is deleted.",
        responses=problem_responses(401, 403, 404, 409, 412, 503),
        **NO_CONTENT,
    )
    app.add_api_route(
        "/media/{file_id}/uses",
        files.list_file_uses,
        methods=["GET"],
        tags=["Media"],
        responses=read_responses(list[MediaUseRead], "The posts.", 401, 403, 404, 503),
    )
