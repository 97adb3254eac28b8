"""The fields of the form of the settings."""

from everpost.api.http.etags import revision_text
from everpost.domain.blog import Blog


def fields_of_settings(blog: Blog) -> dict[str, str]:
    """The fields that a program sends if it knows no earlier settings."""
    return {
        "revision": revision_text(blog.revision),
        "title": blog.title,
        "description": blog.description,
        "language": blog.language,
        "time_zone": blog.time_zone,
        "base_url": blog.base_url or "",
        "permalink": blog.permalink,
        "posts_per_page": str(blog.posts_per_page),
        "comment_policy": blog.comment_policy.value,
        **{f"navigation.{number}.label": link.label for number, link in enumerate(blog.navigation)},
        **{f"navigation.{number}.url": link.url for number, link in enumerate(blog.navigation)},
    }
