"""The settings of the blog: `GET /settings` and `PATCH /settings` of the API."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.etags import parse_expected_revision
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.schemas.blog import BlogUpdate, change_of
from everpost.domain.blog import MAX_LINKS, ZONE_AREAS, time_zones
from everpost.domain.comments import CommentPolicy
from everpost.domain.people.tokens import Scope
from everpost.services import blog
from everpost.web.desk.administration.settings_form import SettingsForm
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

MAX_SETTINGS_FORM = 512 * 1024
"""Bytes."""
_MAX_FIELDS = 20 + 2 * MAX_LINKS
_SCHEMA: TypeAdapter[BlogUpdate] = TypeAdapter(BlogUpdate)
_STALE = 412
_MAY_BE_EMPTY = frozenset({"title", "description"})
_POLICIES = {
    CommentPolicy.OPEN: message("Everyone, immediately"),
    CommentPolicy.MODERATED: message("Everyone, after approval"),
    CommentPolicy.MEMBERS: message("Only people with an account"),
    CommentPolicy.CLOSED: message("Nobody"),
}
PERMALINKS = (
    ("/{slug}", "/my-first-post"),
    ("/{year}/{month}/{slug}", "/2026/05/my-first-post"),
    ("/{year}/{month}/{day}/{slug}", "/2026/05/04/my-first-post"),
    ("/posts/{id}/{slug}", "/posts/6a0f3b5c9d1e2f3a4b5c6d7e/my-first-post"),
)
"""Patterns, and a path that each gives."""


async def show_settings(store: OpenStore, desk: CurrentDesk) -> Response:
    """The form with the settings."""
    desk.actor.require(Scope.ADMIN)
    return _page(desk, SettingsForm.of(await blog.read_settings(store)))


async def save_settings(request: Request, store: OpenStore, desk: CurrentDesk) -> Response:
    """Save what was changed; or, for the buttons of the navigation, show the form with its links
    rearranged.
    """
    desk.actor.require(Scope.ADMIN)
    fields = await read_form(request, max_fields=_MAX_FIELDS)
    form = SettingsForm.sent(fields)
    rows = form.rows.pressed(fields.get("do", ""))
    if rows is not None:
        return _page(desk, replace(form, rows=rows))
    try:
        names = form.rows.names()
        body = checked(_SCHEMA, form.changes(), desk.language, names, may_be_empty=_MAY_BE_EMPTY)
        match = parse_expected_revision(form.revision)
        await accepted(
            request,
            desk.language,
            lambda: blog.change_blog(store, desk.actor, change_of(body), match=match),
            names,
        )
    except FormError as refused:
        if refused.status != _STALE:
            return _page(desk, form, refused)
        form = form.merged_with(await blog.read_settings(store), desk)
        return _page(desk, form, FormError(_STALE, form.errors))
    return desk.redirect("/settings", notice="settings-saved")


def _page(desk: Desk, form: SettingsForm, refused: FormError | None = None) -> Response:
    return desk.page(
        "administration/settings.html",
        desk.text("Settings"),
        refused=refused,
        form=form,
        max_links=MAX_LINKS,
        zones=_zones(form.typed["time_zone"]),
        policies=[(policy.value, desk.text(text)) for policy, text in _POLICIES.items()],
        permalinks=PERMALINKS,
    )


def _zones(chosen: str) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """The time zones by their area, each with its name there. The chosen one is always among them."""
    known = time_zones()
    groups: list[tuple[str, Sequence[tuple[str, str]]]] = []
    listed = {"UTC"}
    for area in ZONE_AREAS:
        names = [name for name in known if name.startswith(f"{area}/")]
        listed.update(names)
        groups.append((area, [(name, name.partition("/")[2].replace("_", " ")) for name in names]))
    alone = [("UTC", "UTC")] + ([] if chosen in listed else [(chosen, chosen)])
    return [("", alone), *groups]
