"""Migrations of a database with data, on each engine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.config import main as alembic_command
from sqlalchemy import text

from everpost.domain.posts import Post
from everpost.errors import DataLoss, SchemaMismatch
from everpost.stores import open_store
from everpost.stores.schema import SchemaState
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.schema.schema import SqlSchema
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import comment_on, publish, read_post
from tests.stores.sql.conftest import TIMEOUT, answer
from tests.stores.sql.schema.processes import migrate
from tests.stores.sql.schema.scripts import add_migration, copy_scripts

pytestmark = pytest.mark.own_database

ADD_A_NOTE = """
with op.batch_alter_table("posts") as table:
    table.add_column(sa.Column("note", sa.String(50)))
"""
DROP_THE_NOTE = """
with op.batch_alter_table("posts") as table:
    table.drop_column("note")
"""

CHECKOUT = Path(__file__).parents[4]

# The processes have already imported everything, so that they begin at the same time.
IMPORTED = get_context("forkserver")
IMPORTED.set_forkserver_preload(["tests.stores.sql.schema.processes"])

MakeSchema = Callable[[], SqlSchema]
Alembic = Callable[..., Awaitable[None]]


@pytest.fixture
def scripts(tmp_path: Path) -> str:
    return copy_scripts(tmp_path)


@pytest.fixture
async def make_schema(url: str, scripts: str) -> AsyncIterator[MakeSchema]:
    """Makes schemas of one database, with the migrations that `scripts` has at the time."""
    async with AsyncExitStack() as made:

        def make() -> SqlSchema:
            schema = SqlSchema.at(url, timeout=TIMEOUT, scripts=scripts)
            made.push_async_callback(schema.close)
            return schema

        yield make


@pytest.fixture
async def post(store: SqlStore) -> Post:
    """A post with two comments."""
    published = await publish(store, title="Ünïcode 😀 ", slug="slug", tags=("a", "b"))
    await comment_on(store, published.id)
    await comment_on(store, published.id)
    return await read_post(store, published.id)


async def test_an_upgrade_keeps_the_data(
    store: SqlStore, post: Post, make_schema: MakeSchema, scripts: str
) -> None:
    added = add_migration(scripts, upgrade=ADD_A_NOTE, downgrade=DROP_THE_NOTE)
    schema = make_schema()
    assert await schema.state() is SchemaState.BEHIND
    (step,) = await schema.migrate("head")
    assert (step.migration.revision, step.upward, step.loses) == (added, True, ())
    assert await schema.state() is SchemaState.CURRENT
    assert list(await schema.differences()) == ["The column note of posts is not Everpost's."]
    assert await read_post(store, post.id) == post


async def test_a_step_that_drops_data_is_refused_and_then_allowed(
    store: SqlStore, post: Post, make_schema: MakeSchema, scripts: str, raw_connections: Connections
) -> None:
    kept = add_migration(scripts, upgrade=ADD_A_NOTE, downgrade=DROP_THE_NOTE)
    await make_schema().migrate("head")
    await raw_connections.change(text("UPDATE posts SET note = 'kept'"), {})
    add_migration(scripts, upgrade=DROP_THE_NOTE, downgrade=ADD_A_NOTE)
    schema = make_schema()
    (step,) = await schema.plan("head")
    assert step.loses == ("column note of posts (1 value)",)
    with pytest.raises(DataLoss, match="note of posts"):
        await schema.migrate("head")
    assert await schema.current() == kept
    assert [tuple(row) for row in await answer(raw_connections, "SELECT note FROM posts")] == [("kept",)]
    assert list(await schema.migrate("head", allow_data_loss=True)) == [step]
    assert list(await schema.differences()) == []
    assert await read_post(store, post.id) == post


async def test_a_column_without_values_may_be_dropped(
    store: SqlStore, post: Post, make_schema: MakeSchema, scripts: str
) -> None:
    add_migration(scripts, upgrade=ADD_A_NOTE, downgrade=DROP_THE_NOTE)
    schema = make_schema()
    await schema.migrate("head")
    (step,) = await schema.migrate("-1")
    assert (step.upward, step.loses) == (False, ())
    assert await make_schema().state() is SchemaState.BEHIND
    assert await read_post(store, post.id) == post


@pytest.mark.usefixtures("post")
async def test_a_loss_is_found_even_after_a_rename(make_schema: MakeSchema, scripts: str) -> None:
    add_migration(scripts, upgrade='op.rename_table("comments", "answers")')
    add_migration(
        scripts,
        upgrade=(
            'with op.batch_alter_table("posts") as table:\n'
            '    table.alter_column("title", new_column_name="name", existing_type=sa.String(255))'
        ),
    )
    add_migration(
        scripts,
        upgrade=(
            'op.drop_table("answers")\n'
            'with op.batch_alter_table("posts") as table:\n'
            '    table.drop_column("name")'
        ),
    )
    *_, last = await make_schema().plan("head")
    assert last.loses == ("table comments (2 rows)", "column title of posts (1 value)")


@pytest.mark.usefixtures("post")
async def test_downgrading_to_base_loses_the_blog(make_schema: MakeSchema) -> None:
    schema = make_schema()
    (step,) = await schema.plan("base")
    assert step.loses == ("table comments (2 rows)", "table posts (1 row)")
    with pytest.raises(DataLoss):
        await schema.migrate("base")
    await schema.migrate("base", allow_data_loss=True)
    assert await schema.state() is SchemaState.EMPTY


async def test_a_failed_migration_is_reported_and_not_recorded(
    store: SqlStore, post: Post, make_schema: MakeSchema, scripts: str
) -> None:
    add_migration(scripts, upgrade='raise RuntimeError("broken") if op.get_bind() is not None else None')
    schema = make_schema()
    with pytest.raises(RuntimeError, match="broken"):
        await schema.migrate("head")
    assert await schema.current() == schema.history()[-2].revision
    assert await read_post(store, post.id) == post
    await comment_on(store, post.id)


async def test_a_revision_of_a_newer_everpost_is_ahead(
    url: str, make_schema: MakeSchema, scripts: str
) -> None:
    added = add_migration(scripts, upgrade=ADD_A_NOTE, downgrade=DROP_THE_NOTE)
    await make_schema().migrate("head")
    older = SqlSchema.at(url, timeout=TIMEOUT)
    assert await older.state() is SchemaState.AHEAD
    with pytest.raises(SchemaMismatch, match=added):
        await older.migrate("head")
    await older.close()


async def test_tables_that_no_migration_made_are_left_alone(
    raw_connections: Connections, empty_url: str
) -> None:
    await raw_connections.change(text("DELETE FROM everpost_migrations"), {})
    schema = SqlSchema.at(empty_url, timeout=TIMEOUT)
    with pytest.raises(SchemaMismatch, match="blog, comments, media, media_bytes, "):
        await schema.state()
    with pytest.raises(SchemaMismatch, match="blog, comments, media, media_bytes, "):
        await schema.migrate("head")
    await schema.close()


async def test_every_difference_is_a_sentence(raw_connections: Connections, make_schema: MakeSchema) -> None:
    schema = make_schema()
    for statement in (
        "CREATE TABLE of_another_application (id INTEGER)",
        "ALTER TABLE posts ADD COLUMN extra INTEGER",
        "ALTER TABLE comments DROP COLUMN guest_name",
        "CREATE INDEX ix_extra ON comments (version)",
    ):
        await raw_connections.change(text(statement), {})
    assert sorted(await schema.differences()) == [
        "The column extra of posts is not Everpost's.",
        "The column guest_name of comments is missing.",
        "The index ix_extra of comments is not Everpost's.",
    ]


async def test_one_of_several_concurrent_processes_migrates(empty_url: str) -> None:
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2, mp_context=IMPORTED) as processes:
        steps = await asyncio.gather(*(loop.run_in_executor(processes, migrate, empty_url) for _ in range(3)))
    schema = SqlSchema.at(empty_url, timeout=TIMEOUT)
    await schema.close()
    assert sorted(steps) == [0, 0, len(schema.history())]


async def test_alembic_works_in_the_checkout(empty_url: str, alembic: Alembic) -> None:
    for command in (["upgrade", "head"], ["check"], ["downgrade", "base"]):
        await alembic(empty_url, "-c", str(CHECKOUT / "alembic.ini"), *command)


async def test_alembic_generates_the_next_migration(
    empty_url: str, alembic: Alembic, scripts: str, tmp_path: Path
) -> None:
    ini = (CHECKOUT / "alembic.ini").read_text()
    ini = ini.replace("%(here)s/src/everpost/stores/sql/schema/migrations", scripts)
    (tmp_path / "alembic.ini").write_text(ini)
    for written in (Path(scripts) / "versions").glob("0*.py"):
        written.unlink()
    await alembic(
        empty_url, "-c", str(tmp_path / "alembic.ini"), "revision", "--autogenerate", "-m", "all of it"
    )
    schema = SqlSchema.at(empty_url, timeout=TIMEOUT, scripts=scripts)
    assert [(each.revision, each.title) for each in schema.history()] == [("0001", "all of it")]
    await schema.migrate("head")
    assert list(await schema.differences()) == []
    await schema.close()


@pytest.fixture
def alembic(monkeypatch: pytest.MonkeyPatch) -> Alembic:
    """Runs Alembic's command."""

    async def run(url: str, *arguments: str) -> None:
        monkeypatch.setenv("EVERPOST_DATABASE_URL", url)
        await asyncio.to_thread(alembic_command, arguments)

    return run


async def test_a_store_that_made_its_schema_removes_a_post_with_its_comments(empty_url: str) -> None:
    """The migration of SQLite turns foreign keys off on a connection that the reference engine keeps."""
    store = await open_store(empty_url, timeout=TIMEOUT, pool_size=1, sql_engine="reference")
    try:
        post = await publish(store)
        await comment_on(store, post.id)
        await store.posts.remove(post.id, match=None)
        await publish(store, id=post.id)
        assert (await read_post(store, post.id)).comments == ()
    finally:
        await store.close()
