"""A blog of the first schema comes up to this one, whole, wherever it is interrupted, and goes down again."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest
from pymongo import AsyncMongoClient

from everpost.domain.posts import PostStatus
from everpost.stores import open_schema
from everpost.stores.mongo.schema import MongoSchema
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.store import MongoStore
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import comment_on, read_posts, read_thread
from tests.stores.mongo.blog import TIMEOUT, Database
from tests.stores.mongo.first_schema import LARGE, LONG, SMALL, FirstBlog, migrate
from tests.volume import volumes

pytestmark = pytest.mark.one_deployment


@dataclass(frozen=True)
class Case:
    """A blog, and how many writes a process is let do before it is killed, again and again."""

    blog: FirstBlog
    kills: Sequence[int]


@pytest.fixture(scope="module", params=volumes((SMALL, (5, 30, 19, 45)), (LARGE, (5, 200, 129, 300))))
def case(request: pytest.FixtureRequest) -> Case:
    size, kills = request.param
    return Case(FirstBlog(size), kills)


@pytest.fixture
def blog(case: Case) -> FirstBlog:
    return case.blog


@pytest.fixture
async def old(empty_url: str, blog: FirstBlog) -> AsyncIterator[Database]:
    """A database at the first schema, with the blog in it."""
    schema = open_schema(empty_url, timeout=TIMEOUT)
    await schema.migrate("0001")
    await schema.close()
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(empty_url, tz_aware=True) as client:
        await blog.load(client.get_default_database())
        yield client.get_default_database()


@pytest.fixture
async def schema(empty_url: str) -> AsyncIterator[MongoSchema]:
    schema = MongoSchema(empty_url, timeout=TIMEOUT)
    yield schema
    await schema.close()


async def assert_brought_over(url: str, blog: FirstBlog) -> None:
    store = await MongoStore.open(url, timeout=30, pool_size=5)
    posts = {post.id: post for post in await read_posts(store)}
    assert {name: post.slug for name, post in posts.items()} == blog.expected_slugs()
    for before in blog.posts:
        post, thread = posts[before.id], blog.expected_thread(before.id)
        assert (post.title, post.content, post.tags) == (before.title, before.content, before.tags)
        assert (post.publication_date, post.updated_at) == (before.publication_date, before.updated_at)
        assert (post.version, post.status, post.author) == (3, PostStatus.PUBLISHED, None)
        assert post.comment_count == len(blog.kept(before.id))
        in_order = sorted(thread.values(), key=lambda comment: comment.position)
        assert list(await read_thread(store, before.id)) == in_order
    await store.close()


async def test_nothing_is_lost_up_down_and_up_again(
    old: Database, schema: MongoSchema, empty_url: str, blog: FirstBlog
) -> None:
    assert any(blog.expected_thread(post.id).keys() & blog.removed for post in blog.posts[:LONG])
    before = {name: await old[name].find().sort("_id", 1).to_list() for name in ("posts", "comments")}
    await schema.migrate("head")
    assert await schema.differences() == []
    await assert_brought_over(empty_url, blog)
    *later, second = [step.loses for step in await schema.plan("0001")]
    assert (any(later), second) == (False, ("comments that are not approved",))
    await schema.migrate("0001", allow_data_loss=True)
    assert await schema.differences() == []
    slugs = blog.expected_slugs()
    for post in before["posts"]:
        post["slug"] = slugs[str(post["_id"])]  # type: ignore[index] # what they were given stays
    after = {name: await old[name].find().sort("_id", 1).to_list() for name in ("posts", "comments")}
    assert after["posts"] == before["posts"]
    gone = {str(copy) for copy in before["comments"]} - {str(copy) for copy in after["comments"]}
    assert len(gone) <= LONG  # copies that counted no more may go
    assert (
        await old.list_collection_names(filter={"name": {"$in": ["users", "limits", "blog", "transfers"]}})
        == []
    )
    await schema.migrate("head")
    await assert_brought_over(empty_url, blog)


async def migrate_and_be_killed(old: Database, url: str, writes: int, target: str) -> None:
    command = (sys.executable, "-m", "tests.stores.mongo.first_schema", url, str(writes), target)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    await old["migration_lock"].delete_many({})  # as if it had been silent for long


async def test_wherever_it_is_killed_who_comes_next_goes_on(
    old: Database, schema: MongoSchema, empty_url: str, case: Case, blog: FirstBlog
) -> None:
    for writes in case.kills:
        await migrate_and_be_killed(old, empty_url, writes, "head")
        assert await schema.state() is SchemaState.BEHIND
    await migrate(empty_url, "head")
    assert await schema.differences() == []
    await assert_brought_over(empty_url, blog)


async def test_it_comes_up_again_when_it_was_killed_on_its_way_down(
    old: Database, schema: MongoSchema, empty_url: str, blog: FirstBlog
) -> None:
    await migrate(empty_url, "head")
    store = await MongoStore.open(empty_url, timeout=30, pool_size=2, limits=Limits(nested=0, kept=0))
    for post in blog.posts[:LONG]:  # a tombstone settles too
        first = (await store.posts.get(post.id, comments=1)).comments[0]
        await store.comments.remove(post.id, (await comment_on(store, post.id)).id, match=None)
        assert first == blog.expected_thread(post.id)[first.id]
    await store.close()
    await old["posts"].update_many({}, {"$set": {"version": 3}})
    assert await old["comments"].count_documents({"status": "removed"}) > 0
    for writes in (17, 19):  # of which the first fifteen take the last four migrations back
        await migrate_and_be_killed(old, empty_url, writes, "0001")
        assert (await schema.state(), await schema.current()) == (SchemaState.BEHIND, "0001")
        assert not any(step.upward for step in await schema.plan("0001"))
        await migrate(empty_url, "head")
        assert await schema.differences() == []
    await assert_brought_over(empty_url, blog)
