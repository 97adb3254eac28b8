"""The list of posts."""

from fastapi import Response

from everpost.web.desk.desk import CurrentDesk


async def show_posts(desk: CurrentDesk) -> Response:
    """The posts that the user may change."""
    return desk.page("writing/posts.html", desk.text("Posts"))
