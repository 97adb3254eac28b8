"""Every page of the desk, in one table. All but those for signing in depend on `CurrentDesk`."""

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute

from everpost.api.http.request_bodies import MAX_POST_BODY
from everpost.web.desk import start
from everpost.web.desk.account import (
    account,
    confirmation,
    invitation,
    login,
    passkeys,
    reset,
    tokens,
    welcome,
)
from everpost.web.desk.administration import database, people, person, removal, settings
from everpost.web.desk.administration import invitation as invitations
from everpost.web.desk.frame import PREFIX, Frame
from everpost.web.desk.moderation import decisions, queue
from everpost.web.desk.writing import (
    editor,
    post_actions,
    posts,
    preview,
    preview_links,
    unsaved,
    working_copies,
)
from everpost.web.desk.writing.history import revisions

MAX_FORM = 16 * 1024
"""Bytes of a short form. Pages with longer ones have a limit of their own."""
MAX_EDITOR_FORM = 4 * MAX_POST_BODY
"""Bytes of a post as a form, in which most bytes can become three, and of its base."""


def add_desk(app: FastAPI) -> None:
    """Add the routes of the desk to the application."""
    _add_account(app)
    _add_writing(app)
    _add_moderation(app)

    _add_administration(app)
    add = partial(_add, app)
    add("GET", "", start.show_start)
    for method in ("GET", "POST"):
        add(method, "/{path:path}", start.show_nothing)  # the last one
    routes = (route for route in app.routes if isinstance(route, APIRoute))
    paths = {route.path.removeprefix(PREFIX) for route in routes if route.path.startswith(PREFIX)}
    app.state.desk = Frame(paths, app.state.presentations.assets.default_names, app.state.languages)


def _add_account(app: FastAPI) -> None:
    """Signing in and out, and your own account."""
    add = partial(_add, app)
    add("GET", "/login", login.show_login)
    add("POST", "/login", login.sign_in)
    add("POST", "/login/passkey", passkeys.sign_in)
    add("POST", "/logout", login.sign_out)
    add("GET", "/account/passkeys", passkeys.show_passkeys)
    add("POST", "/account/passkeys", passkeys.add_passkey)
    add("POST", "/account/passkeys/{passkey_id}", passkeys.remove_passkey)
    add("GET", tokens.PATH, tokens.show_tokens)
    add("POST", tokens.PATH, tokens.create_token)
    add("POST", f"{tokens.PATH}/{{token_id}}/revoke", tokens.revoke_token)
    add("GET", "/welcome", welcome.show_welcome)
    add("POST", "/welcome", welcome.create_blog)
    add("GET", "/reset", reset.show_reset)
    add("POST", "/reset", reset.save_reset)
    add("GET", "/invitation", invitation.show_invitation)
    add("POST", "/invitation", invitation.accept_invitation)
    add("GET", "/confirm", confirmation.show_confirmation)
    add("POST", "/confirm", confirmation.confirm)
    add("GET", "/account", account.show_account)
    add("POST", "/account", account.save_account)
    add("GET", "/account/password", account.show_password)
    add("POST", "/account/password", account.save_password)
    add("POST", "/account/sessions", account.end_other_sessions)
    add("POST", "/account/sessions/{token_id}", account.end_one_session)


def _add_writing(app: FastAPI) -> None:
    """Posts and the editor."""
    add = partial(_add, app)
    add("GET", "/posts", posts.show_posts)
    add("GET", "/posts/new", editor.show_new)
    add("POST", "/posts/new", editor.create, max_form=MAX_EDITOR_FORM)
    add("GET", unsaved.PATH, unsaved.show_unsaved)  # before `/posts/{post_id}`
    add("GET", "/posts/{post_id}", editor.show)
    add("POST", "/posts/{post_id}", editor.save, max_form=MAX_EDITOR_FORM)
    add("POST", "/posts/{post_id}/undo", post_actions.undo)
    add("GET", "/posts/{post_id}/delete", post_actions.ask_to_delete)
    add("POST", "/posts/{post_id}/delete", post_actions.delete)
    add("POST", "/posts/{post_id}/restore", post_actions.restore)
    add("GET", "/posts/{post_id}/revisions", revisions.show_revisions)
    add("GET", "/posts/{post_id}/revisions/{number}", revisions.show_revision)
    add("POST", "/posts/{post_id}/revisions/{number}/restore", revisions.restore)
    add("GET", "/posts/{post_id}/state", working_copies.show_state)
    add("GET", "/posts/{post_id}/working-copy", working_copies.show_copy)
    add("POST", "/posts/{post_id}/working-copy", working_copies.keep, max_form=MAX_EDITOR_FORM)
    add("POST", "/posts/{post_id}/working-copy/discard", working_copies.discard)
    add("POST", "/posts/{post_id}/preview-link", preview_links.share)
    add("POST", "/posts/{post_id}/preview-link/revoke", preview_links.revoke)
    add("GET", "/preview", preview.show_empty)
    add("POST", "/preview", preview.show, max_form=MAX_EDITOR_FORM)


def _add_moderation(app: FastAPI) -> None:
    """The queue of comments."""
    _add(app, "GET", "/comments", queue.show_queue)
    _add(app, "POST", "/comments", decisions.decide)


def _add_administration(app: FastAPI) -> None:
    """People, and the settings of the blog."""
    add = partial(_add, app)
    add("GET", "/people", people.show_people)
    add("GET", "/people/invite", invitations.show_invitation)  # before `/people/{user_id}`
    add("POST", "/people/invite", invitations.invite)
    add("POST", "/people/{user_id}/link", invitations.create_link)
    add("GET", "/people/{user_id}", person.show_person)
    add("POST", "/people/{user_id}/role", person.change_role)
    add("POST", "/people/{user_id}/disable", person.disable_person)
    add("POST", "/people/{user_id}/enable", person.enable_person)
    add("GET", "/people/{user_id}/remove", removal.confirm_removal)
    add("POST", "/people/{user_id}/remove", removal.remove_person)
    add("GET", "/settings", settings.show_settings)
    add("GET", database.PATH, database.show_database)
    add("POST", f"{database.PATH}/export", database.export_archive)
    add("POST", "/settings", settings.save_settings, max_form=settings.MAX_SETTINGS_FORM)


def _add(
    app: FastAPI,
    method: str,
    path: str,
    endpoint: Callable[..., Awaitable[Response]],
    *,
    max_form: int = MAX_FORM,
) -> None:
    app.add_api_route(f"{PREFIX}{path}", endpoint, methods=[method], max_body_size=max_form)
