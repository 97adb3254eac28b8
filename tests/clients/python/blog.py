"""Uses a blog through the client that openapi-python-client generates from the OpenAPI document.

Run in an environment of its own, and checked there by mypy --strict: see test_generated_clients.py.
"""

import sys

from everpost_client import AuthenticatedClient, Client
from everpost_client.api.account import get_account
from everpost_client.api.authentication import log_in
from everpost_client.api.comments import create_comment, list_comments
from everpost_client.api.posts import create_post, delete_post, list_posts, update_post
from everpost_client.models import (
    CommentCreate,
    CommentCreated,
    CommentNode,
    ListCommentsView,
    LoginForm,
    PostCreate,
    PostRead,
    PostUpdate,
    Problem,
    UserRead,
)


def main(address: str, token: str) -> None:
    with AuthenticatedClient(address, token) as admin:
        me = get_account.sync(client=admin)
        assert isinstance(me, UserRead)
        assert me.role.value == "admin"

        draft = PostCreate("Hello from Python", "A post.", tags=["news"])
        post = create_post.sync(client=admin, body=draft)
        assert isinstance(post, PostRead)
        assert post.slug == "hello-from-python"

        comment = create_comment.sync(post.id, client=admin, body=CommentCreate("Welcome!"))
        assert isinstance(comment, CommentCreated)

        posts = list_posts.sync(client=admin, tag="news")
        assert isinstance(posts, list)
        assert posts[0].comments[0].content == "Welcome!"

        tree = list_comments.sync(post.id, client=admin, view=ListCommentsView.TREE)
        assert isinstance(tree, list)
        first = tree[0]
        assert isinstance(first, CommentNode)
        assert first.replies == []

        stale = update_post.sync(
            post.id, client=admin, body=PostUpdate(title="Too late"), if_match='"1-1-0000000000000000"'
        )
        assert isinstance(stale, Problem)
        assert stale.status == 412

        removed = delete_post.sync_detailed(post.id, client=admin)
        assert removed.status_code == 204

    with Client(address) as guest:
        refused = log_in.sync(client=guest, body=LoginForm("nobody@blog.example", "a wrong password"))
        assert isinstance(refused, Problem)
        assert refused.status == 401


if __name__ == "__main__":
    main(*sys.argv[1:])
