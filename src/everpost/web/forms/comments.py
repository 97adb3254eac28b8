"""The form for a comment."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from everpost.api.http.problems import STATUSES
from everpost.api.schemas.comments import CommentCreate, CommentUpdate
from everpost.domain.ids import Id
from everpost.errors import Conflict, EverpostError, Invalid, TooMany, Unauthenticated
from everpost.services.comments import CommentDraft
from everpost.web.forms.errors import WHOLE, FormError

NAME, CONTENT = "name", "content"
"""The fields of the form to which an error can belong."""

_Body = TypeVar("_Body")
_NEW: TypeAdapter[CommentCreate] = TypeAdapter(CommentCreate)
_CHANGED: TypeAdapter[CommentUpdate] = TypeAdapter(CommentUpdate)
_LABELS = {NAME: "Your name", CONTENT: "The comment"}
_EMPTY = {NAME: "Enter your name.", CONTENT: "Write something first."}
MEMBERS_ONLY = "Only people with an account on this blog can comment."
_ALREADY_SENT = "You have already sent this comment."
_PARENT_IS_GONE = (
    "The comment that you are replying to is no longer shown. You can send yours as a comment on the post."
)


def read_new_comment(fields: Mapping[str, str], post_id: Id) -> tuple[CommentDraft, bool]:
    """The comment in a form, and whether its trap was filled in. Raises FormError."""
    sent: dict[str, object] = {name: _text(fields, name) for name in (NAME, CONTENT)}
    if fields.get("parent_id"):
        sent["parent_id"] = fields["parent_id"]
    if fields.get("website"):
        sent["website"] = fields["website"]
    body = _checked(_NEW, sent)
    draft = CommentDraft(
        post_id=post_id,
        content=body["content"],
        guest_name=body.get("name"),
        parent_id=body.get("parent_id"),
    )
    return draft, bool(body.get("website"))


def read_changed_comment(fields: Mapping[str, str]) -> str:
    """The new text of a comment. Raises FormError."""
    return _checked(_CHANGED, {CONTENT: _text(fields, CONTENT)})["content"]


def form_error(error: EverpostError) -> FormError:
    """Turn an error that the sender of the form can correct into a FormError; raise any other again."""
    status = STATUSES.get(type(error))
    if status is None or status >= 500:
        raise error
    match error:
        case Invalid():
            return FormError(status, _message(error.field, error.reason))
        case Conflict(field="id"):
            return FormError(status, {WHOLE: _ALREADY_SENT})
        case TooMany():
            return FormError(status, {WHOLE: error.message}, {"retry-after": str(error.retry_after)})
        case Unauthenticated():
            return FormError(403, {WHOLE: MEMBERS_ONLY})
    return FormError(status, {WHOLE: error.message})


def _text(fields: Mapping[str, str], name: str) -> str:
    """The text of a field, with LF as line breaks, as in the API: browsers send CR LF."""
    text = fields.get(name, "").replace("\r\n", "\n")
    return text if text.strip() else ""


def _checked(schema: TypeAdapter[_Body], sent: Mapping[str, object]) -> _Body:
    errors = {name: _EMPTY[name] for name in (NAME, CONTENT) if sent.get(name) == ""}
    if errors:
        raise FormError(422, errors)
    try:
        return schema.validate_python(sent)
    except ValidationError as found:
        for each in found.errors():
            errors |= _message(str(each["loc"][0]), each["msg"])
        raise FormError(422, errors) from None


def _message(field: str, reason: str) -> dict[str, str]:
    if field not in _LABELS:
        return {WHOLE: _PARENT_IS_GONE}
    reason = reason.removeprefix("String ")
    return {field: f"{_LABELS[field]} {reason}."}
