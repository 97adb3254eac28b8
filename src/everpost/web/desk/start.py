"""The start of the desk, and paths that have no page."""

from fastapi import HTTPException, Response

from everpost.web.desk.desk import START, CurrentDesk

FIRST_POST = "/posts/new"
"""The page after setting up a blog."""


async def show_start(desk: CurrentDesk) -> Response:
    """Redirect to the first page."""
    return desk.redirect(START)


async def show_nothing(_desk: CurrentDesk) -> Response:
    """Only signed-in users learn which pages exist."""
    raise HTTPException(404)
