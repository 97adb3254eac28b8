"""Titles as readers see them."""

from everpost.domain.people.names import has_visible
from everpost.domain.posts import Post

UNTITLED_BLOG = "Blog"
UNTITLED_POST = "Untitled"


def title_of(post: Post) -> str:
    """The title. A link with a blank title would have nothing to click."""
    return post.title if has_visible(post.title) else UNTITLED_POST


def title_of_blog(title: str) -> str:
    """The title of a blog, whose default is empty."""
    return title if has_visible(title) else UNTITLED_BLOG
