"""The routes for working copies."""

from functools import partial

from fastapi import FastAPI

from everpost.api.endpoints.writing import working_copies
from everpost.api.http.request_bodies import MAX_WORKING_COPY_BODY
from everpost.api.openapi.responses import (
    BODY_PROBLEMS,
    LIST_HEADERS,
    NO_CONTENT,
    problem_responses,
    read_responses,
    replacement_responses,
)
from everpost.api.schemas.writing.working_copies import WorkingCopyListed, WorkingCopyRead


def add_working_copy_routes(app: FastAPI) -> None:
    """Add the routes for working copies to the application."""
    app.add_api_route(
        working_copies.LIST_PATH,
        working_copies.list_working_copies,
        methods=["GET"],
        tags=["Working copies"],
        responses=read_responses(
            list[WorkingCopyListed],
            "A page of your working copies.",
            *(401, 403, 422, 503),
            headers=LIST_HEADERS,
        ),
    )
    add = partial(app.add_api_route, "/posts/{post_id}/working-copy", tags=["Working copies"])
    add(
        working_copies.get_working_copy,
        methods=["GET"],
        responses=read_responses(WorkingCopyRead, "Your working copy.", 401, 403, 404, 503),
    )
    add(
        working_copies.put_working_copy,
        methods=["PUT"],
        responses=replacement_responses(
            WorkingCopyListed, "working copy", *BODY_PROBLEMS, 401, 403, 404, 412, 428, 503
        ),
        max_body_size=MAX_WORKING_COPY_BODY,
    )
    add(
        working_copies.delete_working_copy,
        methods=["DELETE"],
        response_description="The working copy has been discarded.",
        responses=problem_responses(401, 403, 404, 412, 503),
        **NO_CONTENT,
    )
