"""The settings of the blog as JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.domain.blog import Blog
from everpost.domain.comments import CommentPolicy


@with_config(ConfigDict(extra="forbid", strict=True))
class BlogUpdate(TypedDict, total=False):
    """The settings to change; omitted settings stay the same."""

    comment_policy: Annotated[
        CommentPolicy,
        Field(strict=False, description="The comment policy of posts without one of their own."),
    ]


@with_config(ConfigDict(extra="forbid"))
class BlogRead(TypedDict):
    """The settings of the blog."""

    comment_policy: Annotated[
        CommentPolicy, Field(description="The comment policy of posts without one of their own.")
    ]


def read_blog(blog: Blog) -> BlogRead:
    """The settings as JSON."""
    return {"comment_policy": blog.comment_policy}
