"""A post and its preview fit in one document, however long their texts are."""

from dataclasses import replace
from datetime import timedelta

import bson

from everpost.domain.comments import MAX_COMMENT, MAX_GUEST_NAME, CommentChange
from everpost.domain.posts import COMMENTS_INSIDE, MAX_CONTENT, MAX_SLUG, MAX_TAG, MAX_TAGS, MAX_TITLE
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import LATER, MOMENT, a_comment, a_post, numbered
from tests.stores.mongo.blog import Database, assert_previews_are_right

LONGEST = "\U0001f600"
"""A character with the maximum number of bytes, four."""
MAX_DOCUMENT = 16 * 2**20


async def test_the_largest_post_with_the_largest_comments_is_one_document(
    store: MongoStore, database: Database
) -> None:
    post = a_post(
        title=LONGEST * MAX_TITLE,
        slug=LONGEST * MAX_SLUG,
        content=LONGEST * MAX_CONTENT,
        tags=tuple(f"{number:02}" + LONGEST * (MAX_TAG - 2) for number in range(MAX_TAGS)),
    )
    comments = [
        a_comment(
            post.id,
            id=numbered(number),
            content=LONGEST * MAX_COMMENT,
            guest_name=LONGEST * MAX_GUEST_NAME,
            key_digest="0" * 64,
            publication_date=MOMENT + timedelta(seconds=number),
        )
        for number in range(COMMENTS_INSIDE + 1)
    ]
    await store.posts.add(post, thread=comments[1:])
    await store.comments.add(comments[0])
    edited = await store.comments.save(
        post.id,
        comments[1].id,
        CommentChange(updated_at=LATER, content="x" + LONGEST * (MAX_COMMENT - 1), editor_id=numbered(1)),
        match=None,
    )
    shown = (comments[0], edited, *comments[2:COMMENTS_INSIDE])
    kept = await store.posts.get(post.id, comments=COMMENTS_INSIDE)
    assert kept == replace(post, comment_count=COMMENTS_INSIDE + 1, version=3, comments=shown)
    await assert_previews_are_right(database)
    document = await database["posts"].find_one({})
    assert document is not None
    assert MAX_DOCUMENT / 2 < len(bson.encode(document)) < MAX_DOCUMENT
