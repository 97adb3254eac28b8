"""Long threads, loaded faster than through the port, in the form in which each store keeps them."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import insert

from everpost.domain.comments import Comment
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.stores.mongo.engine.connection import connect, database_of
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import comment_document, post_document
from everpost.stores.sql.engine import make_engine
from everpost.stores.sql.rows import comment_values, post_values
from everpost.stores.sql.tables import CommentRow, PostRow

BATCH = 5_000


async def load_thread(store_name: str, url: str, post: Post, comments: Iterable[Comment]) -> None:
    """Put a post with all its comments, the oldest first, into the database at the URL."""
    load = _load_into_mongodb if store_name == "mongodb" else _load_into_sql
    await load(url, post, iter(comments))


async def _load_into_sql(url: str, post: Post, comments: Iterator[Comment]) -> None:
    engine = make_engine(url, timeout=60, pool_size=1)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("BEGIN")
        await connection.execute(insert(PostRow), post_values(post))
        while rows := [comment_values(each) for each in islice(comments, BATCH)]:
            await connection.execute(insert(CommentRow), rows)
        await connection.exec_driver_sql("COMMIT")
    await engine.dispose()


async def _load_into_mongodb(url: str, post: Post, comments: Iterator[Comment]) -> None:
    client = connect(url, timeout=60, pool_size=1, whole_calls=False)
    collections = Collections.of(database_of(client))
    document = post_document(post)
    document["comment_count"] = post.comment_count
    while documents := [comment_document(each) for each in islice(comments, BATCH)]:
        document["comments"] = document["comments"] or documents[:COMMENTS_INSIDE]
        await collections.comments.insert_many(documents, ordered=False)
    await collections.posts.insert_one(document)
    await client.close()
