"""Every page of the blog, in one table."""

from fastapi import FastAPI

from everpost.api.routing.route import CallRoute
from everpost.web.public import posts


def add_pages(app: FastAPI) -> None:
    """Add the routes of the pages to the application."""
    app.router.route_class = CallRoute
    app.add_api_route("/", posts.show_home, methods=["GET"])
