"""Roles and states of people, in the language of the desk."""

from collections.abc import Mapping, Sequence

from everpost.domain.people.users import Role, User
from everpost.web.desk.desk import Desk
from everpost.web.languages import message

_ROLES: Mapping[Role, str] = {
    Role.AUTHOR: message("Author"),
    Role.EDITOR: message("Editor"),
    Role.ADMIN: message("Admin"),
}
_DISABLED = message("Disabled")
_WITHOUT_PASSWORD = message("No password yet")
_ENABLED = message("Enabled")


def role_of(desk: Desk, user: User) -> str:
    """The name of the user's role."""
    return desk.text(_ROLES[user.role])


def role_choices(desk: Desk) -> Sequence[tuple[str, str]]:
    """The roles for a list to choose from."""
    return [(role.value, desk.text(name)) for role, name in _ROLES.items()]


def state_of(desk: Desk, user: User) -> str:
    """Whether the user can sign in."""
    if user.disabled_at is not None:
        return desk.text(_DISABLED)
    return desk.text(_WITHOUT_PASSWORD if user.password_hash is None else _ENABLED)
