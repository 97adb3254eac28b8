"""Every call of the contract, in one table."""

from fastapi import FastAPI, Response

from everpost.api import comments, health, posts
from everpost.api.bodies import JsonRoute
from everpost.api.documentation import (
    BODY_PROBLEMS,
    COUNT_HEADERS,
    LIST_HEADERS,
    checking,
    creating,
    failing,
    links_to,
    reading,
    updating,
)
from everpost.api.schemas.comments import CommentRead
from everpost.api.schemas.health import Health
from everpost.api.schemas.posts import PostRead

_POST_LINKS = links_to(
    {
        "GetPost": "get_post",
        "UpdatePost": "update_post",
        "DeletePost": "delete_post",
        "ListComments": "list_comments",
        "CreateComment": "create_comment",
    },
    post_id="$response.body#/id",
)
_COMMENT_LINKS = links_to(
    {"GetComment": "get_comment", "UpdateComment": "update_comment", "DeleteComment": "delete_comment"},
    post_id="$response.body#/post_id",
    comment_id="$response.body#/id",
)


def add_routes(app: FastAPI) -> None:
    """Give the application the calls of the contract."""
    app.router.route_class = JsonRoute
    _add_posts(app)
    _add_comments(app)
    _add_health(app)


def _add_posts(app: FastAPI) -> None:
    all_posts, one_post = "/posts", "/posts/{post_id}"
    app.add_api_route(
        all_posts,
        posts.list_posts,
        methods=["GET"],
        responses=reading(list[PostRead], 422, 503, headers=LIST_HEADERS | COUNT_HEADERS),
    )
    app.add_api_route(
        all_posts,
        posts.create_post,
        methods=["POST"],
        status_code=201,
        responses=creating(PostRead, _POST_LINKS, *BODY_PROBLEMS, 409, 503),
    )
    app.add_api_route(one_post, posts.get_post, methods=["GET"], responses=reading(PostRead, 404, 422, 503))
    app.add_api_route(
        one_post,
        posts.update_post,
        methods=["PATCH"],
        responses=updating(PostRead, *BODY_PROBLEMS, 404, 409, 412, 503),
    )
    app.add_api_route(
        one_post,
        posts.delete_post,
        methods=["DELETE"],
        status_code=204,
        response_class=Response,
        responses=failing(404, 412, 503),
    )


def _add_comments(app: FastAPI) -> None:
    thread, one_comment = "/posts/{post_id}/comments", "/posts/{post_id}/comments/{comment_id}"
    app.add_api_route(
        thread,
        comments.list_comments,
        methods=["GET"],
        responses=reading(list[CommentRead], 404, 422, 503, headers=LIST_HEADERS),
    )
    app.add_api_route(
        thread,
        comments.create_comment,
        methods=["POST"],
        status_code=201,
        responses=creating(CommentRead, _COMMENT_LINKS, *BODY_PROBLEMS, 404, 409, 503),
    )
    app.add_api_route(
        one_comment, comments.get_comment, methods=["GET"], responses=reading(CommentRead, 404, 503)
    )
    app.add_api_route(
        one_comment,
        comments.update_comment,
        methods=["PATCH"],
        responses=updating(CommentRead, *BODY_PROBLEMS, 404, 412, 503),
    )
    app.add_api_route(
        one_comment,
        comments.delete_comment,
        methods=["DELETE"],
        status_code=204,
        response_class=Response,
        responses=failing(404, 412, 503),
    )


def _add_health(app: FastAPI) -> None:
    app.add_api_route("/health/live", health.check_live, methods=["GET"], responses=checking(Health))
    app.add_api_route("/health/ready", health.check_ready, methods=["GET"], responses=checking(Health, 503))
