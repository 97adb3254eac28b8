"""The form for a comment."""

import re
from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from everpost.api.http.problems import STATUSES
from everpost.api.schemas.comments import CommentCreate, CommentUpdate
from everpost.domain.ids import Id
from everpost.errors import Conflict, EverpostError, Invalid, TooMany, Unauthenticated
from everpost.services.comments import CommentDraft
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import Language, message

NAME, CONTENT = "name", "content"
"""The fields of the form to which an error can belong."""

_Body = TypeVar("_Body")
_NEW: TypeAdapter[CommentCreate] = TypeAdapter(CommentCreate)
_CHANGED: TypeAdapter[CommentUpdate] = TypeAdapter(CommentUpdate)
_EMPTY = {NAME: message("Enter your name."), CONTENT: message("Write something first.")}
_TOO_LONG = message("Enter at most %(max_length)s characters.")
_UNSTORABLE = message("This contains a character that cannot be stored.")
_SIMILAR = message("Your name is too similar to the name of a user of this blog.")
_UNREADABLE = message("Your name contains characters that names cannot have.")
_LINKS = re.compile("should have at most ([0-9]+) links")
_TOO_MANY_LINKS = message("The comment should have at most %(most)s links.")
MEMBERS_ONLY = message("Only people with an account on this blog can comment.")
_REASONS = (
    message("This post is closed for comments."),
    message("This comment was written by someone else."),
    message("The time to edit or delete this comment has passed."),
    message("This comment has been moderated and can no longer be edited."),
    message("You have reached the limit of comments per hour. Try again later."),
    message("This post has reached its limit of guest comments per hour. Try again later."),
)
"""The messages of errors that guests can cause. Any other is shown in English."""
_ALREADY_SENT = message("You have already sent this comment.")
_PARENT_IS_GONE = message(
    "The comment that you are replying to is no longer shown. You can send yours as a comment on the post."
)


def read_new_comment(fields: Mapping[str, str], post_id: Id, language: Language) -> tuple[CommentDraft, bool]:
    """The comment in a form, and whether its trap was filled in. Raises FormError."""
    sent: dict[str, object] = {name: _text(fields, name) for name in (NAME, CONTENT)}
    if fields.get("parent_id"):
        sent["parent_id"] = fields["parent_id"]
    if fields.get("website"):
        sent["website"] = fields["website"]
    body = _checked(_NEW, sent, language)
    draft = CommentDraft(
        post_id=post_id,
        content=body["content"],
        guest_name=body.get("name"),
        parent_id=body.get("parent_id"),
    )
    return draft, bool(body.get("website"))


def read_changed_comment(fields: Mapping[str, str], language: Language) -> str:
    """The new text of a comment. Raises FormError."""
    return _checked(_CHANGED, {CONTENT: _text(fields, CONTENT)}, language)["content"]


def form_error(error: EverpostError, language: Language) -> FormError:
    """Turn an error that the sender of the form can correct into a FormError; raise any other again."""
    status = STATUSES.get(type(error))
    if status is None or status >= 500:
        raise error
    match error:
        case Invalid():
            return FormError(status, _refused(error, language))
        case Conflict(field="id"):
            return FormError(status, {WHOLE: language.text(_ALREADY_SENT)})
        case Unauthenticated():
            return FormError(403, {WHOLE: language.text(MEMBERS_ONLY)})
    text = language.text(error.message) if error.message in _REASONS else error.message
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return FormError(status, {WHOLE: text}, headers)


def _text(fields: Mapping[str, str], name: str) -> str:
    """The text of a field, with LF as line breaks, as in the API: browsers send CR LF."""
    text = fields.get(name, "").replace("\r\n", "\n")
    return text if text.strip() else ""


def _checked(schema: TypeAdapter[_Body], sent: Mapping[str, object], language: Language) -> _Body:
    errors = {name: language.text(_EMPTY[name]) for name in (NAME, CONTENT) if sent.get(name) == ""}
    if errors:
        raise FormError(422, errors)
    try:
        return schema.validate_python(sent)
    except ValidationError as found:
        for each in found.errors():
            field, is_long = str(each["loc"][0]), each["type"] == "string_too_long"
            text = language.text(_TOO_LONG if is_long else _UNSTORABLE, **each.get("ctx", {}))
            errors |= {field: text} if field in _EMPTY else _of_parent(language)
        raise FormError(422, errors) from None


def _refused(error: Invalid, language: Language) -> Mapping[str, str]:
    """The message for the field that a service refuses."""
    if error.field == NAME:
        is_taken = "similar" in error.reason
        return {NAME: language.text(_SIMILAR if is_taken else _UNREADABLE)}
    if (found := _LINKS.fullmatch(error.reason)) is not None:
        return {CONTENT: language.text(_TOO_MANY_LINKS, most=found[1])}
    return _of_parent(language)


def _of_parent(language: Language) -> Mapping[str, str]:
    return {WHOLE: language.text(_PARENT_IS_GONE)}
