"""The posts and comments that the benchmarks measure with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import Post
from everpost.domain.users import Author

START = datetime(2020, 1, 1, tzinfo=UTC)
POST_LENGTH = 500
"""Characters in the content of a post."""
COMMENT_LENGTH = 100
"""Characters in a comment."""


def make_post(title: str, moment: datetime, *, comments: int, author: Author | None = None) -> Post:
    """A post of 500 characters that says it has so many comments."""
    return Post(
        id=new_id(),
        title=title,
        slug=title.lower().replace(" ", "-"),
        content="x" * POST_LENGTH,
        publication_date=moment,
        updated_at=moment,
        version=1 + comments,
        author=author,
        comment_count=comments,
    )


def make_comments(post_id: Id, size: int, *, guest_name: str | None = None) -> Iterator[Comment]:
    """Comments of 100 characters, a second apart, the oldest first."""
    for number in range(size):
        moment = START + timedelta(seconds=number)
        yield Comment(
            id=new_id(),
            post_id=post_id,
            content="y" * COMMENT_LENGTH,
            publication_date=moment,
            updated_at=moment,
            guest_name=guest_name,
        )
