"""A blog of the first schema comes to the second one and goes back, on each engine."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from everpost.domain.comments import CommentStatus
from everpost.domain.text import numbered_slug, slug_from
from everpost.stores import open_schema
from everpost.stores.schema import Schema
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.tables import CommentRow, PostRow, PostTagRow
from tests.contract.port.examples import MOMENT, numbered
from tests.stores.sql.conftest import TIMEOUT
from tests.stores.sql.first_schema import (
    COMMENTS_EACH,
    FIRST_COMMENTS,
    FIRST_POSTS,
    FirstBlog,
    Record,
    a_first_comment,
    a_first_post,
    first_blog,
)
from tests.volume import volumes


@pytest.fixture
async def schema(empty_url: str) -> AsyncIterator[Schema]:
    """Of a database that is at the first revision."""
    schema = open_schema(empty_url, timeout=TIMEOUT)
    await schema.migrate("0001")
    yield schema
    await schema.close()


@pytest.fixture
async def aside(empty_url: str) -> AsyncIterator[Connections]:
    connections = await Connections.open(empty_url, timeout=TIMEOUT, pool_size=1, engine="reference")
    yield connections
    await connections.close()


async def rows_of(aside: Connections, table: object) -> dict[str, Record]:
    """The rows of a table by their ids."""
    rows = await aside.fetch(select(table), {})  # type: ignore[call-overload]
    return {row.id: row._asdict() for row in rows}


def by_id(rows: list[Record]) -> dict[str, Record]:
    return {row["id"]: row for row in rows}


def slugs_of(posts: list[Record]) -> dict[str, str]:
    """Which slug each post has in the end."""
    slugs = {post["id"]: post["slug"] for post in posts}
    taken = set(slugs.values())
    for post in sorted(posts, key=lambda post: (post["publication_date"], post["id"])):
        number = 1
        while slugs[post["id"]] is None:
            slug = numbered_slug(slug_from(post["title"]), number)
            slugs[post["id"]] = None if slug in taken else slug
            taken.add(slug)
            number += 1
    return slugs


@pytest.mark.parametrize("posts", volumes(100, 1_000))
async def test_a_blog_comes_and_goes_and_comes_again(schema: Schema, aside: Connections, posts: int) -> None:
    blog = first_blog(posts)
    await aside.transact(blog.load, hurried=False)
    for _ in range(2):
        await schema.migrate("head")
        assert list(await schema.differences()) == []
        await assert_newest_schema_has(aside, blog)
        losses = [loss for step in await schema.plan("0001") for loss in step.loses]
        assert losses == [f"comments that are not approved ({posts})"]
        await schema.migrate("0001", allow_data_loss=True)
        slugs = slugs_of(blog.posts)
        blog.posts = [{**post, "slug": slugs[post["id"]]} for post in blog.posts]
        kept = {
            name: {**row, "tags": list(row["tags"])}
            for name, row in (await rows_of(aside, FIRST_POSTS)).items()
        }
        assert kept == by_id(blog.posts)
        assert await rows_of(aside, FIRST_COMMENTS) == by_id(blog.comments)


async def assert_newest_schema_has(aside: Connections, blog: FirstBlog) -> None:
    slugs = slugs_of(blog.posts)
    new = {"format": "markdown", "status": "published", "author_id": None, "comment_policy": None, "mark": 0}
    assert await rows_of(aside, PostRow.__table__) == {
        post["id"]: {**post, **new, "tags": tuple(post["tags"]), "slug": slugs[post["id"]]}
        for post in blog.posts
    }
    tags = await aside.fetch(select(PostTagRow.post_id, PostTagRow.tag, PostTagRow.updated_at), {})
    assert {tuple(row) for row in tags} == {
        (post["id"], tag, post["updated_at"]) for post in blog.posts for tag in post["tags"]
    }
    await assert_threads_are(aside, by_id(blog.comments))


async def assert_threads_are(aside: Connections, kept: dict[str, Record]) -> None:
    comments = await rows_of(aside, CommentRow.__table__)
    replies = Counter(row["parent_id"] for row in comments.values())
    for name, row in comments.items():
        above = comments.get(row["parent_id"])
        assert row["depth"] == (0 if above is None else above["depth"] + 1)
        assert row["reply_count"] == replies[name]
        assert row["is_shown"]
        assert (row["author_id"], row["guest_name"], row["key_digest"]) == (None, None, None)
    assert {name: {key: comments[name][key] for key in row} for name, row in kept.items()} == kept
    assert {comments[name]["status"] for name in kept} == {CommentStatus.APPROVED}
    for name in comments.keys() - kept.keys():
        answers = (row for row in kept.values() if row["parent_id"] == name)
        oldest = min(answers, key=lambda row: (row["publication_date"], row["id"]))
        tombstone = comments[name]
        assert tombstone["status"] == CommentStatus.REMOVED
        assert (tombstone["content"], tombstone["parent_id"], tombstone["version"]) == ("", None, 1)
        for key in ("post_id", "publication_date", "updated_at"):
            assert tombstone[key] == oldest[key]
    assert len(comments) == len(kept) * (COMMENTS_EACH + 1) // COMMENTS_EACH


async def test_a_thread_that_no_way_leads_down_to_is_cut_where_it_must_be(
    schema: Schema, aside: Connections
) -> None:
    """A comment whose id was taken anew may answer one of its own answers, or be on another post."""
    blog = FirstBlog(posts=[a_first_post(number, f"post-{number}") for number in range(2)])
    here, there = numbered(0), numbered(1)
    answers = {1: 3, 2: 1, 3: 2, 4: 3, 5: 6, 6: None, 7: 5}
    for number, parent in answers.items():
        post_id = there if number == 6 else here
        parent_id = None if parent is None else numbered(parent)
        blog.comments.append(a_first_comment(numbered(number), post_id, parent_id, MOMENT))
    await aside.transact(blog.load)
    await schema.migrate("head")
    comments = await rows_of(aside, CommentRow.__table__)
    found = {
        int(name, 16): (row["parent_id"], row["depth"], row["reply_count"]) for name, row in comments.items()
    }
    assert found == {
        1: (None, 0, 1),
        2: (numbered(1), 1, 1),
        3: (numbered(2), 2, 1),
        4: (numbered(3), 3, 0),
        5: (None, 0, 1),
        6: (None, 0, 0),
        7: (numbered(5), 1, 0),
    }
