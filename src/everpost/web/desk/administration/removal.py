"""Removing a person: `DELETE /users/{user_id}` of the API."""

from collections.abc import Sequence

from fastapi import Request, Response

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import UserId
from everpost.domain.ids import Id, parse_id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.users import User
from everpost.services.accounts import users
from everpost.web.desk.account.confirmation import ConfirmedDesk
from everpost.web.desk.desk import Desk
from everpost.web.desk.forms import accepted
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

KEEP = "keep"
"""The posts stay, without an author."""
_NAMES = {"heir_id": "posts"}
_PAGES = 10
"""At most a thousand people can be chosen."""
_CHOOSE = message("Choose who gets the posts.")


async def confirm_removal(store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """Ask who gets the person's posts, before the person is removed."""
    return await _page(store, desk, user_id)


async def remove_person(request: Request, store: OpenStore, desk: ConfirmedDesk, user_id: UserId) -> Response:
    """Remove the person."""
    fields = await read_form(request)
    chosen = fields.get("posts", "")
    try:
        heir_id = _heir(desk, chosen)
        match = parse_expected_revision(fields.get("revision", ""))
        await accepted(
            request,
            desk.language,
            lambda: users.remove_user(store, desk.actor, user_id, heir_id=heir_id, match=match),
            _NAMES,
        )
    except FormError as refused:
        return await _page(store, desk, user_id, refused, chosen)
    return desk.redirect("/people", notice="user-removed")


def _heir(desk: Desk, chosen: str) -> Id | None:
    """The person who gets the posts. Raises FormError if nothing was chosen."""
    heir_id = parse_id(chosen)
    if heir_id is None and chosen != KEEP:
        raise FormError(422, {"posts": desk.text(_CHOOSE)})
    return heir_id


async def _page(
    store: OpenStore, desk: Desk, id: Id, refused: FormError | None = None, chosen: str = ""
) -> Response:
    user = await users.read_user(store, desk.actor, id)
    choices = [("", desk.text("Choose…")), (KEEP, desk.text("Nobody: the posts stay, without an author"))]
    choices += [(each.id, each.name) for each in await _others(store, desk, id)]
    return desk.page(
        "administration/removal.html",
        desk.text("Remove %(name)s", name=user.name),
        refused=refused,
        user=user,
        revision=revision_text(user.revision),
        choices=choices,
        chosen=chosen,
    )


async def _others(store: OpenStore, desk: Desk, id: Id) -> Sequence[User]:
    """The other people who are not disabled."""
    others: list[User] = []
    after = None
    for _ in range(_PAGES):
        page = await users.page_users(store, desk.actor, limit=MAX_LIMIT, after=after)
        others += [user for user in page.rows if user.id != id and user.disabled_at is None]
        if not page.has_more:
            break
        after = page.rows[-1].position
    return others
