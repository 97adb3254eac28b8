"""Every call of the contract, in one table."""

from fastapi import FastAPI, Response

from everpost.api import comments, health, moderation, posts
from everpost.api.bodies import MAX_COMMENT_BODY, MAX_POST_BODY
from everpost.api.calls import CallRoute
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
from everpost.api.people import add_people_routes
from everpost.api.schemas.comments import CommentMade, CommentNode, CommentRead, DecisionRead
from everpost.api.schemas.health import Health
from everpost.api.schemas.posts import PostRead, TagRead

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
    app.router.route_class = CallRoute
    _add_posts(app)
    _add_tags(app)
    _add_comments(app)
    _add_moderation(app)
    add_people_routes(app)
    _add_health(app)


def _add_posts(app: FastAPI) -> None:
    all_posts, one_post = "/posts", "/posts/{post_id}"
    app.add_api_route(
        all_posts,
        posts.list_posts,
        methods=["GET"],
        responses=reading(list[PostRead], 401, 422, 503, headers=LIST_HEADERS | COUNT_HEADERS),
    )
    app.add_api_route(
        all_posts,
        posts.create_post,
        methods=["POST"],
        status_code=201,
        responses=creating(PostRead, _POST_LINKS, *BODY_PROBLEMS, 401, 403, 409, 503),
        max_body_size=MAX_POST_BODY,
    )
    app.add_api_route(
        one_post, posts.get_post, methods=["GET"], responses=reading(PostRead, 401, 404, 422, 503)
    )
    app.add_api_route(
        one_post,
        posts.update_post,
        methods=["PATCH"],
        responses=updating(PostRead, *BODY_PROBLEMS, 401, 403, 404, 409, 412, 503),
        max_body_size=MAX_POST_BODY,
    )
    app.add_api_route(
        one_post,
        posts.delete_post,
        methods=["DELETE"],
        status_code=204,
        response_class=Response,
        responses=failing(401, 403, 404, 412, 503),
    )


def _add_comments(app: FastAPI) -> None:
    thread, one_comment = "/posts/{post_id}/comments", "/posts/{post_id}/comments/{comment_id}"
    app.add_api_route(
        thread,
        comments.list_comments,
        methods=["GET"],
        responses=reading(list[CommentRead] | list[CommentNode], 401, 404, 422, 503, headers=LIST_HEADERS),
    )
    app.add_api_route(
        thread,
        comments.create_comment,
        methods=["POST"],
        status_code=201,
        responses=creating(CommentMade, _COMMENT_LINKS, *BODY_PROBLEMS, 401, 403, 404, 409, 429, 503),
        max_body_size=MAX_COMMENT_BODY,
    )
    app.add_api_route(
        one_comment, comments.get_comment, methods=["GET"], responses=reading(CommentRead, 401, 404, 503)
    )
    app.add_api_route(
        one_comment,
        comments.update_comment,
        methods=["PATCH"],
        responses=updating(CommentRead, *BODY_PROBLEMS, 401, 403, 404, 412, 428, 429, 503),
        max_body_size=MAX_COMMENT_BODY,
    )
    app.add_api_route(
        one_comment,
        comments.delete_comment,
        methods=["DELETE"],
        status_code=204,
        response_class=Response,
        responses=failing(401, 403, 404, 412, 503),
    )


def _add_tags(app: FastAPI) -> None:
    app.add_api_route(
        "/tags",
        posts.list_tags,
        methods=["GET"],
        responses=reading(list[TagRead], 401, 422, 503, headers=LIST_HEADERS),
    )


def _add_moderation(app: FastAPI) -> None:
    app.add_api_route(
        "/comments",
        moderation.list_queue,
        methods=["GET"],
        responses=reading(list[CommentRead], 401, 403, 422, 503, headers=LIST_HEADERS),
    )
    app.add_api_route(
        "/comments/decisions",
        moderation.decide_comments,
        methods=["POST"],
        responses=checking(list[DecisionRead], *BODY_PROBLEMS, 401, 403, 503),
    )


def _add_health(app: FastAPI) -> None:
    app.add_api_route("/health/live", health.check_live, methods=["GET"], responses=checking(Health))
    app.add_api_route("/health/ready", health.check_ready, methods=["GET"], responses=checking(Health, 503))
