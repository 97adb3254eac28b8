"""Every page of the blog, in one table."""

from functools import partial

from fastapi import FastAPI

from everpost.api.routing.route import CallRoute
from everpost.web.assets import send_asset
from everpost.web.desk.routes import add_desk
from everpost.web.feeds import comments as comment_feeds
from everpost.web.feeds import guide, robots, sitemap
from everpost.web.feeds import posts as post_feeds
from everpost.web.feeds.formats import FORMATS
from everpost.web.media import contents
from everpost.web.public import archive, comments, lists, posts, previews, sent_comments, tags


def add_pages(app: FastAPI) -> None:
    """Add the routes of the pages to the application."""
    app.router.route_class = CallRoute
    get = partial(app.add_api_route, methods=["GET"])
    post = partial(app.add_api_route, methods=["POST"], max_body_size=comments.MAX_FORM)
    get("/", lists.show_home)
    _add_feeds(app)
    get("/tags", tags.show_tags)
    get("/tags/{tag:path}", lists.show_tag)
    get("/authors/{user_id}", lists.show_author)
    get("/archive", archive.show_archive)
    get("/preview/{post_id}", previews.show_preview)
    get("/static/{name:path}", send_asset)
    get("/media/{digest}/{name}", contents.send_file)
    get("/comments/{post_id}/{comment_id}", sent_comments.show_sent)
    post("/comments/{post_id}/{comment_id}", sent_comments.change_sent)
    add_desk(app)
    _add_posts(app)


def _add_feeds(app: FastAPI) -> None:
    """Add the routes of feeds, and of files for search engines."""
    get = partial(app.add_api_route, methods=["GET"])
    get("/feeds", guide.show_feeds)
    get("/sitemap.xml", sitemap.show_sitemap)
    get("/sitemap-{number}.xml", sitemap.show_sitemap_file)
    get("/robots.txt", robots.show_robots)
    for file in FORMATS:
        get(f"/{file}", post_feeds.show_posts)
        get(f"/tags/{{tag:path}}/{file}", post_feeds.show_tag)
        get(f"/authors/{{user_id}}/{file}", post_feeds.show_author)
        get(f"/comments/{file}", comment_feeds.show_comments)
        get(f"/comments/{{post_id}}/{file}", comment_feeds.show_comments_of_post)


def _add_posts(app: FastAPI) -> None:
    """Add the routes for every other path: that of a post, or nothing."""
    app.add_api_route("/{path:path}", posts.show_post, methods=["GET"])
    app.add_api_route(
        "/{path:path}", comments.send_comment, methods=["POST"], max_body_size=comments.MAX_FORM
    )
