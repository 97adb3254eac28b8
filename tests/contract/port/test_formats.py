"""What a post is written in: kept as it is, changed on its own, and lost where the schema goes below it."""

from collections.abc import AsyncIterator

import pytest

from everpost.domain.posts import PostChange, PostFormat
from everpost.domain.records import Transfer
from everpost.errors import DataLoss
from everpost.stores import open_schema, open_store
from everpost.stores.port import Store
from everpost.stores.schema import Schema, SchemaState
from tests.contract.port.examples import LATER, comment_on, numbered, publish, read_post, read_posts

LOSSES = ["the format of posts in HTML", "that a move into this database has not ended"]


async def formats(store: Store) -> list[PostFormat]:
    return [post.format for post in sorted(await read_posts(store), key=lambda post: post.id)]


async def test_a_post_keeps_what_it_is_written_in(store: Store) -> None:
    plain = await publish(store, id=numbered(1))
    page = await publish(store, id=numbered(2), slug="page", format=PostFormat.HTML, tags=("a",))
    assert plain.format is PostFormat.MARKDOWN
    await comment_on(store, page.id)
    assert (await read_post(store, page.id)).format is PostFormat.HTML
    found = await store.posts.find("page", comments=0)
    assert found is not None
    assert found.format is PostFormat.HTML
    assert await formats(store) == [PostFormat.MARKDOWN, PostFormat.HTML]


async def test_only_a_change_of_the_format_changes_it(store: Store) -> None:
    post = await publish(store, format=PostFormat.HTML)
    titled = PostChange(updated_at=LATER, title="Another")
    assert (await store.posts.save(post.id, titled, match=None, comments=0)).format is PostFormat.HTML
    rewritten = PostChange(updated_at=LATER, format=PostFormat.MARKDOWN)
    changed = await store.posts.save(post.id, rewritten, match=None, comments=0)
    assert (changed.format, changed.title) == (PostFormat.MARKDOWN, "Another")
    assert await read_post(store, post.id) == changed


@pytest.fixture
async def schema(database_url: str) -> AsyncIterator[Schema]:
    """The schema of a fresh database."""
    schema = open_schema(database_url, timeout=10)
    yield schema
    await schema.close()


async def test_what_the_second_schema_cannot_say_is_named_before_it_is_lost(
    schema: Schema, database_url: str
) -> None:
    store = await open_store(database_url, timeout=10, pool_size=2)
    await store.records.begin("1" * 64, latest=None)
    await publish(store, id=numbered(1))
    await publish(store, id=numbered(2), format=PostFormat.HTML)
    *_, step = await schema.plan("0002")
    assert [loss.removesuffix(" (1)") for loss in step.loses] == LOSSES
    with pytest.raises(DataLoss, match="the format of posts in HTML"):
        await schema.migrate("0002")
    assert await formats(store) == [PostFormat.MARKDOWN, PostFormat.HTML]
    assert await store.records.transfer() == Transfer(origin="1" * 64)
    await store.close()
    await schema.migrate("0002", allow_data_loss=True)
    assert (await schema.state(), list(await schema.differences())) == (SchemaState.BEHIND, [])
    await schema.migrate("head")
    assert (await schema.state(), list(await schema.differences())) == (SchemaState.CURRENT, [])
    store = await open_store(database_url, timeout=10, pool_size=2)
    assert await formats(store) == [PostFormat.MARKDOWN] * 2
    assert await store.records.transfer() is None
    await store.close()


async def test_a_blog_in_markdown_loses_nothing_when_it_goes_back(schema: Schema, database_url: str) -> None:
    store = await open_store(database_url, timeout=10, pool_size=2)
    post = await publish(store, tags=("b", "a"))
    await comment_on(store, post.id)
    before = await read_post(store, post.id)
    await store.close()
    assert not any(step.loses for step in await schema.plan("0002"))
    await schema.migrate("0002")
    await schema.migrate("head")
    store = await open_store(database_url, timeout=10, pool_size=2)
    assert await read_post(store, post.id) == before
    await store.close()
