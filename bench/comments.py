"""The comment that benchmarks at the port add."""

from random import Random

from everpost.benchmark.blog import text
from everpost.domain import clock
from everpost.domain.comments import Comment
from everpost.domain.ids import Id, new_id

_CONTENT = text(Random("comment"), 100, 100)


def new_comment(post_id: Id) -> Comment:
    """A comment of 100 characters, published now."""
    now = clock.now()
    return Comment(id=new_id(), post_id=post_id, content=_CONTENT, publication_date=now, updated_at=now)
