"""The routes for revisions of posts."""

from functools import partial

from fastapi import FastAPI

from everpost.api.endpoints.writing import revisions
from everpost.api.openapi.responses import LIST_HEADERS, read_responses, update_responses
from everpost.api.schemas.posts import PostRead
from everpost.api.schemas.writing.revisions import RevisionListed, RevisionRead


def add_revision_routes(app: FastAPI) -> None:
    """Add the routes for revisions to the application."""
    add = partial(app.add_api_route, tags=["Revisions"])
    add(
        "/posts/{post_id}/revisions",
        revisions.list_revisions,
        methods=["GET"],
        responses=read_responses(
            list[RevisionListed],
            "A page of revisions.",
            *(401, 403, 404, 422, 503),
            headers=LIST_HEADERS,
        ),
    )
    add(
        "/posts/{post_id}/revisions/{number}",
        revisions.get_revision,
        methods=["GET"],
        responses=read_responses(RevisionRead, "The revision.", 401, 403, 404, 503),
    )
    add(
        "/posts/{post_id}/revisions/{number}/restore",
        revisions.restore_revision,
        methods=["POST"],
        responses=update_responses(
            PostRead, "The post, with the text of the revision.", 401, 403, 404, 412, 503
        ),
    )
