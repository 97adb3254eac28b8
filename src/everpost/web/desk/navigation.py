"""The navigation of the desk: its pages, by role."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from everpost.domain.people.users import Role
from everpost.web.languages import message

_EVERYONE = frozenset(Role)
_ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation."""

    path: str
    """Below `/desk`."""
    label: str
    roles: Collection[Role] = _EVERYONE


PLACES: Sequence[Place] = (
    Place("/posts", message("Posts")),
    Place("/posts/new", message("Write")),
    Place("/comments", message("Comments")),
    Place("/people", message("People"), _ADMINS),
    Place("/settings", message("Settings"), _ADMINS),
)
ACCOUNT = Place("/account", message("Your account"))


def places_for(role: Role, routed: Collection[str]) -> list[Place]:
    """The pages that a user with this role may open, among those with these paths."""
    return [place for place in PLACES if role in place.roles and place.path in routed]


def place_of(path: str) -> Place | None:
    """The page in the navigation to which the page with this path belongs."""
    above = [place for place in (*PLACES, ACCOUNT) if f"{path}/".startswith(f"{place.path}/")]
    return max(above, key=lambda place: len(place.path), default=None)
