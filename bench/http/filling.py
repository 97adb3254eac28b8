"""The same blog in every database, as each subject keeps it."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from bson import ObjectId
from pymongo import AsyncMongoClient
from sqlalchemy import DateTime, column, insert, select, table
from sqlalchemy.ext.asyncio import create_async_engine

from bench.http.blog import MeasuredBlog, comments_of
from everpost.domain.records import Batch
from everpost.stores import open_store

AT_ONCE = 2_000
"""Records in a batch."""

_DATE = DateTime(timezone=True)
_POSTS = table("posts", column("id"), column("title"), column("content"), column("publication_date", _DATE))
_COMMENTS = table("comments", column("post_id"), column("content"), column("publication_date", _DATE))


async def fill_everpost(url: str, blog: MeasuredBlog) -> Sequence[str]:
    """Into an empty database. The ids of the posts, in the order of the blog."""
    store = await open_store(url, timeout=60, pool_size=2)
    try:
        records = blog.records()
        while batch := list(islice(records, AT_ONCE)):
            await store.records.write(Batch(kept=batch))
    finally:
        await store.close()
    return [post.id for post in blog.posts]


async def fill_tutorial(url: str, blog: MeasuredBlog) -> Sequence[str]:
    """Into the empty tables that the tutorial's application has made, at a URL that names its driver."""
    fill = _fill_collection if url.startswith("mongodb") else _fill_tables
    return await fill(url, blog)


async def _fill_tables(url: str, blog: MeasuredBlog) -> Sequence[str]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        posts = [
            {"title": post.title, "content": post.content, "publication_date": post.publication_date}
            for post in blog.posts
        ]
        await connection.execute(insert(_POSTS), posts)
        ids = (await connection.scalars(select(_POSTS.c.id).order_by(_POSTS.c.id))).all()
        for post_id, post in zip(ids, blog.posts, strict=True):
            comments = [
                {"post_id": post_id, "content": comment.content, "publication_date": comment.publication_date}
                for comment in comments_of(post)
            ]
            await connection.execute(insert(_COMMENTS), comments)
    await engine.dispose()
    return list(map(str, ids))


async def _fill_collection(url: str, blog: MeasuredBlog) -> Sequence[str]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    posts = client.get_default_database()["posts"]
    try:
        for post in blog.posts:
            comments = [
                {"_id": ObjectId(), "content": each.content, "publication_date": each.publication_date}
                for each in comments_of(post)
            ]
            document = {
                "_id": ObjectId(post.id),
                "title": post.title,
                "content": post.content,
                "publication_date": post.publication_date,
                "comments": comments,
            }
            await posts.insert_one(document)
    finally:
        await client.close()
    return [post.id for post in blog.posts]
