"""The calls about people, their tokens and the settings of the blog."""

from typing import Any

from fastapi import FastAPI, Response

from everpost.api import blog, logins, tokens, users
from everpost.api.bodies import MAX_FORM_BODY
from everpost.api.documentation import (
    BODY_PROBLEMS,
    LIST_HEADERS,
    Responses,
    confiding,
    failing,
    making,
    reading,
    updating,
)
from everpost.api.media_types import FORM
from everpost.api.schemas.blog import BlogRead
from everpost.api.schemas.tokens import LoginMade, TokenMade, TokenRead
from everpost.api.schemas.users import UserRead


def add_people_routes(app: FastAPI) -> None:
    """Give the application these calls."""
    _add_login(app)
    _add_account(app)  # before the users: `me` is not an id
    _add_users(app)
    _add_tokens(app)
    _add_settings(app)


def _add_login(app: FastAPI) -> None:
    form = {"required": True, "content": {FORM: {"schema": logins.LOGIN_FORM.json_schema()}}}
    answers: Responses = confiding(LoginMade, *BODY_PROBLEMS, 401, 403, 429, 503)
    answers[400]["description"] = "The body is not a form."
    answers[415]["description"] = f"The body is not `{FORM}`."
    app.add_api_route(
        "/login",
        logins.login,
        methods=["POST"],
        responses=answers,
        openapi_extra={"requestBody": form},
        max_body_size=MAX_FORM_BODY,
    )


def _add_account(app: FastAPI) -> None:
    me = "/users/me"
    app.add_api_route(me, users.get_account, methods=["GET"], responses=reading(UserRead, 401, 503))
    app.add_api_route(
        me,
        users.update_account,
        methods=["PATCH"],
        responses=updating(UserRead, *BODY_PROBLEMS, 401, 403, 409, 412, 429, 503),
    )


def _add_users(app: FastAPI) -> None:
    all_users, one_user = "/users", "/users/{user_id}"
    app.add_api_route(
        all_users,
        users.list_users,
        methods=["GET"],
        responses=reading(list[UserRead], 401, 403, 422, 503, headers=LIST_HEADERS),
    )
    app.add_api_route(
        all_users,
        users.create_user,
        methods=["POST"],
        status_code=201,
        responses=making(UserRead, *BODY_PROBLEMS, 401, 403, 409, 503),
    )
    app.add_api_route(
        one_user, users.get_user, methods=["GET"], responses=reading(UserRead, 401, 403, 404, 503)
    )
    app.add_api_route(
        one_user,
        users.update_user,
        methods=["PATCH"],
        responses=updating(UserRead, *BODY_PROBLEMS, 401, 403, 404, 409, 412, 429, 503),
    )
    app.add_api_route(
        one_user,
        users.delete_user,
        methods=["DELETE"],
        responses=failing(401, 403, 404, 409, 412, 422, 503),
        openapi_extra={"parameters": [users.HEIR_PARAMETER]},
        **_NOTHING,
    )


def _add_tokens(app: FastAPI) -> None:
    all_tokens, one_token = "/tokens", "/tokens/{token_id}"
    app.add_api_route(
        all_tokens,
        tokens.list_tokens,
        methods=["GET"],
        responses=reading(list[TokenRead], 401, 403, 404, 422, 503, headers=LIST_HEADERS),
    )
    app.add_api_route(
        all_tokens,
        tokens.create_token,
        methods=["POST"],
        status_code=201,
        responses=confiding(TokenMade, *BODY_PROBLEMS, 401, 403, 409, 429, 503, status=201),
    )
    app.add_api_route(
        "/tokens/current",  # before the others: it is not an id
        tokens.delete_current_token,
        methods=["DELETE"],
        responses=failing(401, 503),
        **_NOTHING,
    )
    app.add_api_route(
        one_token,
        tokens.delete_token,
        methods=["DELETE"],
        responses=failing(401, 403, 404, 503),
        **_NOTHING,
    )


def _add_settings(app: FastAPI) -> None:
    place = "/settings"
    app.add_api_route(place, blog.get_settings, methods=["GET"], responses=reading(BlogRead, 401, 403, 503))
    app.add_api_route(
        place,
        blog.update_settings,
        methods=["PATCH"],
        responses=updating(BlogRead, *BODY_PROBLEMS, 401, 403, 412, 503),
    )


_NOTHING: dict[str, Any] = {"status_code": 204, "response_class": Response}
