"""Notices: what has just been done, shown once by the page that a form redirects to.

The cookie names the notice and, optionally, what it is about: `saved`, or `deleted.` and an id. It is no
secret and needs no signature, because only texts from this table are shown.
"""

import re
from dataclasses import dataclass

from fastapi import Request, Response

from everpost.web.desk.sessions import is_secure
from everpost.web.languages import Language, message

_COOKIE = "everpost-notice"
_UNDO_COOKIE = "everpost-undo"
"""Of a notice that offers to undo what was done. Only the page that shows it receives this cookie, and
reloading the page shows it again.
"""
_SECONDS = 60
_FORM = re.compile(r"([a-z-]{1,40})(?:\.([A-Za-z0-9,_-]{1,3300}))?")
NOTICES = {
    "token-revoked": message("The token has been revoked."),
    "welcome": message("Welcome: your account is ready."),
    "role-changed": message("The role has been changed."),
    "user-disabled": message("The account has been disabled."),
    "user-enabled": message("The account has been enabled."),
    "user-removed": message("The person has been removed."),
    "comments-approved": message("The comments have been approved."),
    "comments-removed": message("The comments have been removed."),
    "comments-restored": message("Undone."),
    "comments-spam": message("The comments have been marked as spam."),
    "settings-saved": message("The settings have been saved."),
    "account-saved": message("Your account has been saved."),
    "passkey-added": message("The passkey has been added."),
    "passkey-removed": message("The passkey has been removed."),
    "password-saved": message("Your password has been changed."),
    "session-ended": message("The session has ended."),
    "sessions-ended": message("You are signed out everywhere else."),
    "signed-out": message("You have signed out."),
    "draft-saved": message("The draft has been saved."),
    "published": message("The post has been published."),
    "changes-published": message("The changes have been published."),
    "scheduled": message("The post has been scheduled: readers will see it from its publication date on."),
    "unpublished": message("The post is a draft again: readers no longer see it."),
    "deleted": message("The post has been deleted."),
    "trashed": message("The post has been moved to the trash."),
    "restored": message("The post has been restored."),
    "revision-restored": message("The revision has been restored."),
    "links-revoked": message("The links to the preview no longer work."),
    "discarded": message("The unsaved text has been discarded."),
}
"""The text of each notice. Add yours."""
_UNDOABLE = frozenset(
    {
        "published",
        "scheduled",
        "unpublished",
        "trashed",
        "comments-approved",
        "comments-removed",
        "comments-spam",
    }
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on a page."""

    name: str
    subject: str
    """An id or ids, for the page that shows the notice; often empty."""
    text: str


def leave_notice(request: Request, response: Response, name: str, subject: str = "", *, path: str) -> None:
    """Show the notice on the next page, which has this path."""
    is_undoable = name in _UNDOABLE
    if not is_undoable:
        forget_undo(request, response, path)
    response.set_cookie(
        _UNDO_COOKIE if is_undoable else _COOKIE,
        f"{name}.{subject}" if subject else name,
        max_age=_SECONDS,
        path=path if is_undoable else "/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def forget_undo(request: Request, response: Response, path: str) -> None:
    """Offer nothing to undo on this page any more."""
    if _UNDO_COOKIE in request.cookies:
        response.delete_cookie(_UNDO_COOKIE, path, secure=is_secure(request), httponly=True, samesite="lax")


def take_notice(request: Request, language: Language) -> Notice | None:
    """The notice that waits to be shown."""
    found = _FORM.fullmatch(request.cookies.get(_COOKIE) or request.cookies.get(_UNDO_COOKIE, ""))
    if found is None or found[1] not in NOTICES:
        return None
    return Notice(found[1], found[2] or "", language.text(NOTICES[found[1]]))


def drop_notice(request: Request, response: Response) -> None:
    """Show it only once."""
    if _COOKIE in request.cookies:
        response.delete_cookie(_COOKIE, secure=is_secure(request), httponly=True, samesite="lax")
