"""The routes for users, their tokens, the settings of the blog and its database."""

from functools import partial

from fastapi import FastAPI, Response

from everpost.api.endpoints import blog, database, reset_links, tokens, users
from everpost.api.http.archive_response import MEDIA_TYPE
from everpost.api.openapi.responses import (
    BODY_PROBLEMS,
    LIST_HEADERS,
    NO_CONTENT,
    create_responses,
    plain_responses,
    problem_responses,
    read_responses,
    secret_responses,
    update_responses,
)
from everpost.api.schemas.authors import AuthorRead
from everpost.api.schemas.blog import BlogRead
from everpost.api.schemas.credentials.reset_links import InvitationRead, ResetLinkRead
from everpost.api.schemas.database import DatabaseRead
from everpost.api.schemas.tokens import TokenCreated, TokenRead
from everpost.api.schemas.users import UserRead


def add_user_routes(app: FastAPI) -> None:
    """Add the routes for users, tokens and settings to the application."""
    _add_users(app)
    _add_authors(app)
    _add_user(app)
    _add_reset_links(app)
    _add_tokens(app)
    _add_settings(app)
    _add_database(app)


def _add_users(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/users", tags=["Users"])
    add(
        users.list_users,
        methods=["GET"],
        responses=read_responses(
            list[UserRead], "A page of users.", 401, 403, 422, 503, headers=LIST_HEADERS
        ),
    )
    add(
        users.create_user,
        methods=["POST"],
        status_code=201,
        responses=create_responses(UserRead, "The new user.", *BODY_PROBLEMS, 401, 403, 409, 503),
    )


def _add_authors(app: FastAPI) -> None:
    app.add_api_route(
        "/authors",
        users.list_authors,
        methods=["GET"],
        tags=["Users"],
        responses=read_responses(
            list[AuthorRead],
            "A page of the users who are not disabled.",
            *(401, 403, 422, 503),
            headers=LIST_HEADERS,
        ),
    )


def _add_user(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/users/{user_id}", tags=["Users"])
    add(
        users.get_user,
        methods=["GET"],
        responses=read_responses(UserRead, "The user.", 401, 403, 404, 503),
    )
    add(
        users.update_user,
        methods=["PATCH"],
        responses=update_responses(
            UserRead, "The updated user.", *BODY_PROBLEMS, 401, 403, 404, 409, 412, 429, 503
        ),
    )
    add(
        users.delete_user,
        methods=["DELETE"],
        response_description="The user and the user's tokens are removed.",
        responses=problem_responses(401, 403, 404, 409, 412, 422, 503),
        openapi_extra={"parameters": [users.NEW_AUTHOR_PARAMETER]},
        **NO_CONTENT,
    )


def _add_reset_links(app: FastAPI) -> None:
    add = partial(app.add_api_route, methods=["POST"], tags=["Users"])
    add(
        "/invitations",
        reset_links.create_invitation,
        status_code=201,
        responses=secret_responses(
            InvitationRead, "The new user and the link.", *BODY_PROBLEMS, 401, 403, 409, 503, status=201
        ),
    )
    add(
        "/users/{user_id}/reset-link",
        reset_links.create_reset_link,
        responses=secret_responses(ResetLinkRead, "The new link.", 401, 403, 404, 503),
    )


def _add_tokens(app: FastAPI) -> None:
    all_tokens, one_token = "/tokens", "/tokens/{token_id}"
    add = partial(app.add_api_route, tags=["Authentication"])
    add(
        all_tokens,
        tokens.list_tokens,
        methods=["GET"],
        responses=read_responses(
            list[TokenRead], "A page of tokens.", 401, 403, 404, 422, 503, headers=LIST_HEADERS
        ),
    )
    add(
        all_tokens,
        tokens.create_token,
        methods=["POST"],
        status_code=201,
        responses=secret_responses(
            TokenCreated,
            "The new token, with its secret, which is shown only once.",
            *(*BODY_PROBLEMS, 401, 403, 409, 429, 503),
            status=201,
        ),
    )
    add(
        "/tokens/current",  # before `/tokens/{token_id}`: `current` is not an id
        tokens.revoke_current_token,
        methods=["DELETE"],
        response_description="The token is revoked.",
        responses=problem_responses(401, 503),
        **NO_CONTENT,
    )
    add(
        one_token,
        tokens.revoke_token,
        methods=["DELETE"],
        response_description="The token is revoked.",
        responses=problem_responses(401, 403, 404, 503),
        **NO_CONTENT,
    )


def _add_settings(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/settings", tags=["Settings"])
    add(
        blog.get_settings,
        methods=["GET"],
        responses=read_responses(BlogRead, "The settings of the blog.", 401, 503),
    )
    add(
        blog.update_settings,
        methods=["PATCH"],
        responses=update_responses(BlogRead, "The updated settings.", *BODY_PROBLEMS, 401, 403, 412, 503),
    )


def _add_database(app: FastAPI) -> None:
    add = partial(app.add_api_route, methods=["GET"], tags=["Database"])
    add(
        "/database",
        database.get_database,
        responses=plain_responses(DatabaseRead, "The state of the database.", 401, 403, 503),
    )
    archive = {
        "description": "The archive, compressed with Zstandard.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
    add(
        "/archive",
        database.export_archive,
        response_class=Response,
        responses={200: archive, **problem_responses(401, 403, 422, 429, 503)},
    )
