"""A blog as the first schema kept it, with all that made trouble."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, insert, table

from everpost.domain.ids import Id
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.types import ExactText, IdText, LongText, Moment, TextList
from tests.contract.port.examples import MOMENT, numbered, spread

COMMENTS_EACH = 10
TITLES = ("Ünïcode 😀", "Same title", "...", "Straße nach Nirgendwo", "Москва")

FIRST_POSTS = table(
    "posts",
    column("id", IdText()),
    column("title"),
    column("content", LongText()),
    column("publication_date", Moment()),
    column("updated_at", Moment()),
    column("version"),
    column("slug", ExactText(255)),
    column("tags", TextList()),
    column("comment_count"),
)
FIRST_COMMENTS = table(
    "comments",
    column("id", IdText()),
    column("post_id", IdText()),
    column("parent_id", IdText()),
    column("content", LongText()),
    column("publication_date", Moment()),
    column("updated_at", Moment()),
    column("version"),
)

Record = dict[str, Any]


@dataclass
class FirstBlog:
    """The rows of its tables."""

    posts: list[Record] = field(default_factory=list)
    comments: list[Record] = field(default_factory=list)

    async def load(self, transaction: Transaction) -> None:
        await transaction.execute(insert(FIRST_POSTS), self.posts)
        await transaction.execute(insert(FIRST_COMMENTS), self.comments)


def first_blog(posts: int) -> FirstBlog:
    """So many posts with ten comments each. Every second has no slug, many have one title. Of each thread
    the comments answer one another in a chain of five, two answer one that is gone, and two none.
    """
    blog = FirstBlog()
    for number in range(posts):
        post_id = numbered(number)
        slug = f"own-{number}" if number % 2 else None
        if number == 1:
            slug = "same-title-2"
        blog.posts.append(a_first_post(number, slug))
        ids = [numbered(1_000_000 + 100 * number + each) for each in range(COMMENTS_EACH)]
        gone = numbered(2_000_000 + number)
        parents = [None, *ids[:5], gone, gone, None, None]
        for each, parent_id in zip(ids, parents, strict=True):
            blog.comments.append(a_first_comment(each, post_id, parent_id, spread(int(each, 16))))
    return blog


def a_first_post(number: int, slug: str | None) -> Record:
    return {
        "id": numbered(number),
        "title": TITLES[number % len(TITLES)],
        "content": f"Content {number}",
        "publication_date": spread(number),
        "updated_at": MOMENT + timedelta(days=number),
        "version": number + 1,
        "slug": slug,
        "tags": ["b", f"tag {number % 7}", "a"] if number % 3 else [],
        "comment_count": COMMENTS_EACH,
    }


def a_first_comment(id: Id, post_id: Id, parent_id: Id | None, moment: datetime) -> Record:
    return {
        "id": id,
        "post_id": post_id,
        "parent_id": parent_id,
        "content": f"Comment {id}",
        "publication_date": moment,
        "updated_at": moment + timedelta(seconds=1),
        "version": 3,
    }
