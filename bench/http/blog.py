"""The blog that is measured over HTTP, and how to load it into the tutorial's application."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from argon2 import PasswordHasher
from bson import ObjectId
from pymongo import AsyncMongoClient
from sqlalchemy import DateTime, column, insert, select, table
from sqlalchemy.ext.asyncio import create_async_engine

from everpost.benchmark.blog import START, Size, make_comments, make_owner, make_post, slug
from everpost.domain.blog import Blog
from everpost.domain.comments import Comment, CommentPolicy
from everpost.domain.people.tokens import new_secret
from everpost.domain.posts import Post
from everpost.domain.records import Record

POSTS = 200
"""Posts with 10 comments; lists show of these."""
COMMENTS = 10
POST_LENGTH = 500
"""Characters in the content of a post."""
COMMENT_LENGTH = 100
"""Characters in a comment."""
PASSWORD = "correct horse battery"

_DATE = DateTime(timezone=True)
_POSTS = table("posts", column("id"), column("title"), column("content"), column("publication_date", _DATE))
_COMMENTS = table("comments", column("post_id"), column("content"), column("publication_date", _DATE))


@dataclass(frozen=True)
class MeasuredBlog:
    """A blog before the measurement: posts by a user, with comments by guests.

    `sizes` are the numbers of comments on its posts, newest post first. `threads` are, for each size, the
    places of posts with that many comments, so that every round finds a thread of that size.
    """

    secret: str
    sizes: Sequence[int]
    threads: Mapping[int, Sequence[int]]

    def posts(self) -> Iterator[tuple[Post, Iterator[Comment]]]:
        """Each post with its comments, newest post first."""
        for place in range(len(self.sizes)):
            number, size = self._place(place)
            yield make_post(number, size), make_comments(number, size)

    def records(self) -> Iterator[Record]:
        """The whole blog, as Everpost stores it."""
        yield Blog(
            comment_policy=CommentPolicy.OPEN, updated_at=START, version=1, address_key=bytes(range(32))
        )
        yield from make_owner(self.secret, password_hash=PasswordHasher().hash(PASSWORD))
        for post, comments in self.posts():
            yield post
            yield from comments

    def ids(self) -> Sequence[str]:
        """The ids of the posts in Everpost, newest post first."""
        return [post.id for post, _ in self.posts()]

    def slug(self, place: int) -> str:
        """The slug of the post at this place in Everpost."""
        return slug(self._place(place)[0])

    def _place(self, place: int) -> tuple[int, Size]:
        """The number of the post at this place, and its size."""
        lengths = (POST_LENGTH, POST_LENGTH), (COMMENT_LENGTH, COMMENT_LENGTH)
        return len(self.sizes) - 1 - place, Size(1, self.sizes[place], *lengths)


def make_blog(threads: Mapping[int, int]) -> MeasuredBlog:
    """A blog of 200 posts and, for each size in `threads`, that number of threads."""
    sizes = [COMMENTS] * POSTS + list(chain.from_iterable([size] * count for size, count in threads.items()))
    places = iter(range(POSTS, len(sizes)))
    return MeasuredBlog(
        secret=new_secret(),
        sizes=sizes,
        threads={size: [next(places) for _ in range(count)] for size, count in threads.items()},
    )


async def fill_tutorial(url: str, blog: MeasuredBlog) -> Sequence[str]:
    """Fill the empty tables of the tutorial's application, at a URL that names its driver. The ids of the
    posts ascend from the newest to the oldest, so that its lists, which are in the order of ids, equal
    Everpost's.
    """
    fill = _fill_collection if url.startswith("mongodb") else _fill_tables
    return await fill(url, blog)


async def _fill_tables(url: str, blog: MeasuredBlog) -> Sequence[str]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        posts = [
            {"title": post.title, "content": post.content, "publication_date": post.publication_date}
            for post, _ in blog.posts()
        ]
        await connection.execute(insert(_POSTS), posts)
        ids = (await connection.scalars(select(_POSTS.c.id).order_by(_POSTS.c.id))).all()
        for post_id, (_, thread) in zip(ids, blog.posts(), strict=True):
            comments = [
                {"post_id": post_id, "content": each.content, "publication_date": each.publication_date}
                for each in thread
            ]
            await connection.execute(insert(_COMMENTS), comments)
    await engine.dispose()
    return list(map(str, ids))


async def _fill_collection(url: str, blog: MeasuredBlog) -> Sequence[str]:
    ids = []
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        for post, thread in blog.posts():
            comments = [
                {"_id": ObjectId(), "content": each.content, "publication_date": each.publication_date}
                for each in thread
            ]
            document = {
                "title": post.title,
                "content": post.content,
                "publication_date": post.publication_date,
                "comments": comments,
            }
            inserted = await client.get_default_database()["posts"].insert_one(document)
            ids.append(str(inserted.inserted_id))
    return ids
