"""Forms that could not be saved, so that error pages do not lose what was typed.

A page shows only what its own request contains, and only to its own origin: otherwise, a page of another
origin could fill in a form and have the user send it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from everpost.api.http.forms import form_already_read, read_form
from everpost.api.http.origins import refuse_other_origins
from everpost.errors import Forbidden
from everpost.web.desk.desk import SAFE_METHODS
from everpost.web.desk.frame import path_of
from everpost.web.languages import message
from everpost.web.urls import root_of

_SENT = "sent_form"
"""The attribute of the request's state with the fields of the form."""
_MAX_FIELDS = 500
_SECRETS = ("password", "secret", "credential")
"""Parts of the names of fields that are never shown again."""
_LINES = frozenset({"content", "summary", "paths", "description"})
_LABELS: Mapping[str, str] = {
    "title": message("Title"),
    "content": message("Text"),
    "summary": message("Summary"),
    "tags": message("Tags"),
    "slug": message("Slug"),
    "paths": message("Old paths"),
    "description": message("Description"),
    "name": message("Name"),
}
"""The fields into which people type sentences. All others are sent again as they are."""


@dataclass(frozen=True, slots=True)
class UnsentField:
    """A field of the form, as it was sent."""

    name: str
    value: str
    label: str
    """Not translated yet. Empty: the field is hidden."""
    has_lines: bool


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """A form as it was sent, which can be sent again."""

    action: str
    fields: Sequence[UnsentField]


async def remember_form(request: Request) -> None:
    """Keep the form in the body until the request is answered, if it is a form of this origin that a browser
    sent for a page.
    """
    is_page = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
    if request.method in SAFE_METHODS or not is_page:
        return
    try:
        refuse_other_origins(request)
        fields = form_already_read(request)
        if fields is None:
            fields = await read_form(request, max_fields=_MAX_FIELDS)
    except (Forbidden, HTTPException, ClientDisconnect):
        return
    setattr(request.state, _SENT, fields)


def unsent_form(request: Request) -> UnsentForm | None:
    """The form of this request; None if nobody has typed text into it, or if it contains a secret."""
    sent: Mapping[str, str] = getattr(request.state, _SENT, {})
    has_secret = any(secret in name for name in sent for secret in _SECRETS)
    if has_secret or not any(sent.get(name, "").strip() for name in _LABELS):
        return None
    action, query = f"{root_of(request)}{quote(path_of(request))}", request.url.query
    fields = [UnsentField(name, text, _LABELS.get(name, ""), name in _LINES) for name, text in sent.items()]
    return UnsentForm(f"{action}?{query}" if query else action, fields)
