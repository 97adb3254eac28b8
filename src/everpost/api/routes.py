"""Every route of the contract, in one table."""

from functools import partial

from fastapi import FastAPI

from everpost.api.account_routes import add_account_routes
from everpost.api.endpoints import comments, health, moderation, posts
from everpost.api.endpoints.trash import deleted_comments
from everpost.api.endpoints.writing import preview_links
from everpost.api.http.request_bodies import MAX_COMMENT_BODY, MAX_POST_BODY
from everpost.api.media_routes import add_media_routes
from everpost.api.openapi.responses import (
    BODY_PROBLEMS,
    COUNT_HEADERS,
    LIST_HEADERS,
    NO_CONTENT,
    idempotent_create_responses,
    plain_responses,
    problem_responses,
    read_responses,
    response_links,
    secret_responses,
    update_responses,
)
from everpost.api.revision_routes import add_revision_routes
from everpost.api.routing.route import CallRoute
from everpost.api.schemas.comments import CommentCreated, CommentNode, CommentRead, DecisionRead
from everpost.api.schemas.health import Health
from everpost.api.schemas.posts import PostRead, TagRead
from everpost.api.schemas.trash.deleted_comments import DeletedCommentRead
from everpost.api.schemas.writing.preview_links import PreviewLinkRead
from everpost.api.user_routes import add_user_routes
from everpost.api.working_copy_routes import add_working_copy_routes

_POST_LINKS = response_links(
    {
        "GetPost": "get_post",
        "UpdatePost": "update_post",
        "DeletePost": "delete_post",
        "RestorePost": "restore_post",
        "CreatePreviewLink": "create_preview_link",
        "RevokePreviewLinks": "revoke_preview_links",
        "ListRevisions": "list_revisions",
        "ListComments": "list_comments",
        "CreateComment": "create_comment",
    },
    post_id="$response.body#/id",
)
_COMMENT_LINKS = response_links(
    {
        "GetComment": "get_comment",
        "UpdateComment": "update_comment",
        "DeleteComment": "delete_comment",
        "RestoreComment": "restore_comment",
    },
    post_id="$response.body#/post_id",
    comment_id="$response.body#/id",
)


def add_routes(app: FastAPI) -> None:
    """Add the routes of the contract to the application."""
    app.router.route_class = CallRoute
    _add_posts(app)
    _add_post(app)
    _add_restoration(app)
    _add_preview(app)
    _add_tags(app)
    _add_comments(app)
    _add_comment(app)
    _add_deleted_comments(app)
    _add_moderation(app)
    add_media_routes(app)
    add_working_copy_routes(app)
    add_revision_routes(app)
    add_account_routes(app)  # before `/users/{user_id}`: `me` is not an id
    add_user_routes(app)
    _add_health(app)


def _add_posts(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/posts", tags=["Posts"])
    add(
        posts.list_posts,
        methods=["GET"],
        responses=read_responses(
            list[PostRead], "A page of posts.", 401, 422, 503, headers=LIST_HEADERS | COUNT_HEADERS
        ),
    )
    add(
        posts.create_post,
        methods=["POST"],
        status_code=201,
        responses=idempotent_create_responses(
            PostRead, "post", _POST_LINKS, *BODY_PROBLEMS, 401, 403, 409, 503
        ),
        max_body_size=MAX_POST_BODY,
    )


def _add_post(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/posts/{post_id}", tags=["Posts"])
    add(
        posts.get_post,
        methods=["GET"],
        responses=read_responses(PostRead, "The post.", 401, 404, 422, 503),
    )
    add(
        posts.update_post,
        methods=["PATCH"],
        responses=update_responses(
            PostRead, "The updated post.", *BODY_PROBLEMS, 401, 403, 404, 409, 412, 503
        ),
        max_body_size=MAX_POST_BODY,
    )
    add(
        posts.delete_post,
        methods=["DELETE"],
        response_description="The post is in the trash, or removed.",
        responses=problem_responses(401, 403, 404, 412, 503),
        **NO_CONTENT,
    )


def _add_restoration(app: FastAPI) -> None:
    app.add_api_route(
        "/posts/{post_id}/restore",
        posts.restore_post,
        methods=["POST"],
        tags=["Posts"],
        responses=update_responses(PostRead, "The restored post.", 401, 403, 404, 409, 412, 503),
    )


def _add_preview(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/posts/{post_id}/preview", tags=["Posts"])
    add(
        preview_links.create_preview_link,
        methods=["POST"],
        responses=secret_responses(PreviewLinkRead, "The new link.", *BODY_PROBLEMS, 401, 403, 404, 409, 503),
    )
    add(
        preview_links.revoke_preview_links,
        methods=["DELETE"],
        response_description="The links have been revoked.",
        responses=problem_responses(401, 403, 404, 503),
        **NO_CONTENT,
    )


def _add_comments(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/posts/{post_id}/comments", tags=["Comments"])
    add(
        comments.list_comments,
        methods=["GET"],
        responses=read_responses(
            list[CommentNode]
            | list[CommentRead],  # this order lets clients that try one after the other keep the replies
            "A page of comments; with `view=tree`, each with its replies.",
            *(401, 404, 422, 503),
            headers=LIST_HEADERS,
        ),
    )
    add(
        comments.create_comment,
        methods=["POST"],
        status_code=201,
        responses=idempotent_create_responses(
            CommentCreated, "comment", _COMMENT_LINKS, *BODY_PROBLEMS, 401, 403, 404, 409, 429, 503
        ),
        max_body_size=MAX_COMMENT_BODY,
    )


def _add_comment(app: FastAPI) -> None:
    add = partial(app.add_api_route, "/posts/{post_id}/comments/{comment_id}", tags=["Comments"])
    add(
        comments.get_comment,
        methods=["GET"],
        responses=read_responses(CommentRead, "The comment.", 401, 404, 503),
    )
    add(
        comments.update_comment,
        methods=["PATCH"],
        responses=update_responses(
            CommentRead, "The updated comment.", *BODY_PROBLEMS, 401, 403, 404, 412, 428, 429, 503
        ),
        max_body_size=MAX_COMMENT_BODY,
    )
    add(
        comments.delete_comment,
        methods=["DELETE"],
        response_description="The comment is deleted, or replaced by a tombstone.",
        responses=problem_responses(401, 403, 404, 412, 503),
        **NO_CONTENT,
    )


def _add_deleted_comments(app: FastAPI) -> None:
    app.add_api_route(
        "/comments/trash",
        deleted_comments.list_deleted_comments,
        methods=["GET"],
        tags=["Moderation"],
        responses=read_responses(
            list[DeletedCommentRead], "A page of comments.", 401, 403, 422, 503, headers=LIST_HEADERS
        ),
    )
    app.add_api_route(
        "/posts/{post_id}/comments/{comment_id}/restore",
        deleted_comments.restore_comment,
        methods=["POST"],
        tags=["Moderation"],
        responses=update_responses(CommentRead, "The restored comment.", 401, 403, 404, 409, 503),
    )


def _add_tags(app: FastAPI) -> None:
    app.add_api_route(
        "/tags",
        posts.list_tags,
        methods=["GET"],
        tags=["Posts"],
        responses=read_responses(list[TagRead], "A page of tags.", 401, 422, 503, headers=LIST_HEADERS),
    )


def _add_moderation(app: FastAPI) -> None:
    app.add_api_route(
        "/comments",
        moderation.list_moderation_queue,
        methods=["GET"],
        tags=["Moderation"],
        responses=read_responses(
            list[CommentRead], "A page of comments.", 401, 403, 422, 503, headers=LIST_HEADERS
        ),
    )
    app.add_api_route(
        "/comments/decisions",
        moderation.moderate_comments,
        methods=["POST"],
        tags=["Moderation"],
        responses=plain_responses(
            list[DecisionRead],
            "The outcome of each decision, in the order of the request.",
            *(*BODY_PROBLEMS, 401, 403, 503),
        ),
    )


def _add_health(app: FastAPI) -> None:
    add = partial(app.add_api_route, methods=["GET"], tags=["Health"])
    add("/health/live", health.check_liveness, responses=plain_responses(Health, "The process is running."))
    add(
        "/health/ready",
        health.check_readiness,
        responses=plain_responses(Health, "The database responds.", 503),
    )
