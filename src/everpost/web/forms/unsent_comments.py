"""Comments that could not be saved, so that error pages do not lose what was typed."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request

from everpost.web.contexts import CommentForm
from everpost.web.forms.comments import CONTENT, NAME
from everpost.web.urls import root_of

_SENT = "sent_comment"
"""The attribute of the request's state with the fields of the form."""


def remember(request: Request, fields: Mapping[str, str]) -> None:
    """Keep the fields of the form until the request is answered."""
    setattr(request.state, _SENT, fields)


def unsent_comment(request: Request) -> CommentForm | None:
    """The form of this request, with what was typed into it; None if there is no comment in it."""
    fields: Mapping[str, str] = getattr(request.state, _SENT, {})
    content = fields.get(CONTENT, "")
    if not content.strip():
        return None
    path: str = request.scope["path"]
    action = root_of(request) + quote(path.removeprefix(request.scope.get("root_path", "").rstrip("/")))
    query = request.url.query
    return CommentForm(
        action=f"{action}?{query}" if query else action,
        note="",
        name=fields.get(NAME, ""),
        content=content,
        parent_id=fields.get("parent_id") or None,
        errors={},
    )
