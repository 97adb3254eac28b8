"""The list of people: `GET /users` of the API."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.domain.paging import encode_cursor
from everpost.domain.people.users import User
from everpost.services.accounts import tokens, users
from everpost.web.contexts import Moment
from everpost.web.desk.administration.roles import role_of, state_of
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.urls import with_query

_ON_A_PAGE = 50


class PeopleQuery(BaseModel):
    """The page of the list."""

    after: Cursor = None


@dataclass(frozen=True, slots=True)
class Person:
    """A user in a list, or on a page of its own."""

    user: User
    role: str
    state: str
    joined: Moment
    used: Moment | None
    """The day of the last use of a token or session that still exists."""

    @property
    def is_disabled(self) -> bool:
        return self.user.disabled_at is not None


async def show_people(
    store: OpenStore, desk: CurrentDesk, query: Annotated[PeopleQuery, Query()]
) -> Response:
    """A page of the people, in the order in which they joined."""
    page = await users.page_users(store, desk.actor, limit=_ON_A_PAGE, after=query.after)
    cursor = encode_cursor(page.rows[-1].position) if page.rows and page.has_more else None
    return desk.page(
        "administration/people.html",
        desk.text("People"),
        people=await present(store, desk, *page.rows),
        next_page=None if cursor is None else with_query(desk.url("/people"), after=cursor),
    )


async def present(store: OpenStore, desk: Desk, *rows: User) -> list[Person]:
    """These users, at most 100, as pages show them."""
    uses = await tokens.read_last_uses(store, desk.actor, [user.id for user in rows])
    return [
        Person(
            user=user,
            role=role_of(desk, user),
            state=state_of(desk, user),
            joined=desk.day(user.created_at),
            used=desk.utc_day(uses[user.id]) if user.id in uses else None,
        )
        for user in rows
    ]
