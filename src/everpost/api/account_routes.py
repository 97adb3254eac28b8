"""The routes for logging in, setting up a blog, and your own account."""

from functools import partial

from fastapi import FastAPI

from everpost.api.endpoints import logins, passkeys, reset_links, setup, users
from everpost.api.http.media_types import FORM
from everpost.api.http.request_bodies import MAX_FORM_BODY
from everpost.api.openapi.responses import (
    BODY_PROBLEMS,
    NO_CONTENT,
    Responses,
    plain_responses,
    problem_responses,
    read_responses,
    secret_responses,
    update_responses,
)
from everpost.api.schemas.credentials.passkeys import PasskeyOptions, PasskeyRead
from everpost.api.schemas.tokens import LoginCreated
from everpost.api.schemas.users import UserRead

_NEW_LOGIN = "A new token, shown only once."


def add_account_routes(app: FastAPI) -> None:
    """Add these routes to the application."""
    _add_login(app)
    _add_other_logins(app)
    _add_setup(app)
    _add_account(app)
    _add_passkeys(app)


def _add_login(app: FastAPI) -> None:
    form = {"required": True, "content": {FORM: {"schema": {"$ref": "#/components/schemas/LoginForm"}}}}
    answers: Responses = secret_responses(LoginCreated, _NEW_LOGIN, *BODY_PROBLEMS, 401, 403, 429, 503)
    answers[400]["description"] = "The request body is not a valid form."
    answers[401]["description"] = "The email address or the password is wrong."
    answers[415]["description"] = f"The `Content-Type` is not `{FORM}`."
    app.add_api_route(
        "/login",
        logins.log_in,
        methods=["POST"],
        tags=["Authentication"],
        responses=answers,
        openapi_extra={"requestBody": form},
        max_body_size=MAX_FORM_BODY,
    )


def _add_other_logins(app: FastAPI) -> None:
    add = partial(app.add_api_route, methods=["POST"], tags=["Authentication"])
    add(
        "/login/passkey/options",
        passkeys.create_login_options,
        responses=plain_responses(PasskeyOptions, "Options for the browser, with a new challenge.", 403, 503),
    )
    by_passkey = secret_responses(LoginCreated, _NEW_LOGIN, *BODY_PROBLEMS, 401, 403, 503)
    by_passkey[401]["description"] = "The passkey is unknown, or was not accepted."
    add("/login/passkey", passkeys.log_in_with_passkey, responses=by_passkey)
    by_link = secret_responses(LoginCreated, _NEW_LOGIN, *BODY_PROBLEMS, 401, 403, 503)
    by_link[401]["description"] = "The link is invalid, has expired or has been used."
    add("/login/reset", reset_links.reset_password, responses=by_link)


def _add_setup(app: FastAPI) -> None:
    answers = secret_responses(LoginCreated, _NEW_LOGIN, *BODY_PROBLEMS, 401, 403, 409, 503)
    answers[403]["description"] = "The blog has already been set up, or the token does not have all scopes."
    app.add_api_route(
        "/setup", setup.set_up_blog, methods=["POST"], tags=["Authentication"], responses=answers
    )


def _add_account(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/users/me", tags=["Account"])
    add(
        users.get_account,
        methods=["GET"],
        responses=read_responses(UserRead, "Your account.", 401, 503),
    )
    add(
        users.update_account,
        methods=["PATCH"],
        responses=update_responses(
            UserRead, "Your updated account.", *BODY_PROBLEMS, 401, 403, 409, 412, 429, 503
        ),
    )


def _add_passkeys(app: FastAPI) -> None:
    add = partial(app.add_api_route, tags=["Account"])
    add(
        "/users/me/passkeys",
        passkeys.list_passkeys,
        methods=["GET"],
        responses=read_responses(list[PasskeyRead], "Your passkeys.", 401, 403, 503),
    )
    add(
        "/users/me/passkeys/options",
        passkeys.create_passkey_options,
        methods=["POST"],
        responses=plain_responses(
            PasskeyOptions, "Options for the browser, with a new challenge.", 401, 403, 503
        ),
    )
    add(
        "/users/me/passkeys",
        passkeys.create_passkey,
        methods=["POST"],
        status_code=201,
        responses=secret_responses(
            PasskeyRead, "The new passkey.", *BODY_PROBLEMS, 401, 403, 409, 429, 503, status=201
        ),
    )
    add(
        "/users/me/passkeys/{passkey_id}",
        passkeys.delete_passkey,
        methods=["DELETE"],
        response_description="The passkey is deleted.",
        responses=problem_responses(401, 403, 404, 503),
        **NO_CONTENT,
    )
