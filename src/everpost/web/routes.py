"""Every page of the blog, in one table."""

from functools import partial

from fastapi import FastAPI

from everpost.api.routing.route import CallRoute
from everpost.web.assets import send_asset
from everpost.web.public import archive, comments, lists, posts, sent_comments, tags


def add_pages(app: FastAPI) -> None:
    """Add the routes of the pages to the application."""
    app.router.route_class = CallRoute
    get = partial(app.add_api_route, methods=["GET"])
    post = partial(app.add_api_route, methods=["POST"], max_body_size=comments.MAX_FORM)
    get("/", lists.show_home)
    get("/tags", tags.show_tags)
    get("/tags/{tag}", lists.show_tag)
    get("/authors/{user_id}", lists.show_author)
    get("/archive", archive.show_archive)
    get("/static/{name}", send_asset)
    get("/comments/{post_id}/{comment_id}", sent_comments.show_sent)
    post("/comments/{post_id}/{comment_id}", sent_comments.change_sent)
    _add_posts(app)


def _add_posts(app: FastAPI) -> None:
    """Add the routes for every other path: that of a post, or nothing."""
    app.add_api_route("/{path:path}", posts.show_post, methods=["GET"])
    app.add_api_route(
        "/{path:path}", comments.send_comment, methods=["POST"], max_body_size=comments.MAX_FORM
    )
