"""Ids in feeds, made from what never changes: not from titles, addresses or the database."""

from hashlib import sha256
from uuid import UUID, uuid5

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.posts import Post

_NAMESPACE = UUID("8a4e2b0c-9d3f-4e57-a6c1-5b7d20f4e913")


def post_urn(post: Post) -> str:
    """The id of a post."""
    return _urn(f"post {post.id}")


def comment_urn(comment: Comment) -> str:
    """The id of a comment."""
    return _urn(f"comment {comment.id}")


def feed_urn(blog: Blog, name: str) -> str:
    """The id of a feed, by its name in the blog. The blog is identified by its key, which moves with it and
    remains secret.
    """
    return _urn(f"feed {sha256(b'everpost feeds ' + blog.address_key).hexdigest()} {name}")


def _urn(name: str) -> str:
    return uuid5(_NAMESPACE, name).urn
