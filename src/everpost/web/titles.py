"""Titles as readers see them."""

from everpost.domain.people.names import has_visible
from everpost.domain.posts import Post
from everpost.web.languages import Language, message

UNTITLED_BLOG = message("Blog")
UNTITLED_POST = message("Untitled")


def title_of(post: Post, language: Language) -> str:
    """The title. A link with a blank title would have nothing to click."""
    return post.title if has_visible(post.title) else language.text(UNTITLED_POST)


def title_of_blog(title: str, language: Language) -> str:
    """The title of a blog, whose default is empty."""
    return title if has_visible(title) else language.text(UNTITLED_BLOG)
