"""How many statements a call takes, and that an index serves the pages of a thread."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Select, event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.domain.comments import CommentChange, CommentQuery
from everpost.domain.ids import new_id
from everpost.domain.posts import PostChange, PostQuery
from everpost.domain.revisions import Revision
from everpost.stores.sql.connections import Connections
from everpost.stores.sql.reading import COMMENTS_AFTER, POSTS_AFTER
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import MOMENT, a_comment, a_post, comment_on, publish


@pytest.fixture
def statements(store: SqlStore) -> Iterator[list[str]]:
    """What the store has said to the database since the list was last emptied."""
    engine = store._connections._engine.sync_engine
    said: list[str] = []

    def note(*details: object) -> None:
        said.append(str(details[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


async def test_a_read_is_one_statement_and_a_list_with_comments_two(
    store: SqlStore, statements: list[str]
) -> None:
    post = await publish(store, slug="slug")
    comment = await comment_on(store, post.id)
    reads: list[tuple[Callable[[], Awaitable[object]], int]] = [
        (lambda: store.posts.get(post.id, comments=100), 1),
        (lambda: store.posts.find("slug", comments=100), 1),
        (lambda: store.posts.revision(post.id), 1),
        (store.posts.count, 1),
        (lambda: store.posts.page(PostQuery(limit=10, comments=0)), 1),
        (lambda: store.posts.page(PostQuery(limit=10, comments=10)), 2),
        (lambda: store.posts.page(PostQuery(limit=10, after=post.position)), 1),
        (lambda: store.comments.get(post.id, comment.id), 1),
        (lambda: store.comments.page(CommentQuery(post_id=post.id, limit=10)), 1),
        (store.ping, 1),
    ]
    for read, expected in reads:
        statements.clear()
        await read()
        assert len(statements) == expected, statements


async def test_a_write_is_as_few_statements_as_can_be(store: SqlStore, statements: list[str]) -> None:
    post = a_post()
    comment = a_comment(post.id)
    change = PostChange(updated_at=MOMENT, title="New")
    comment_change = CommentChange(updated_at=MOMENT, content="New")
    writes: list[tuple[Callable[[], Awaitable[object]], int]] = [
        (lambda: store.posts.add(post), 1),
        (lambda: store.posts.save(post.id, change, match=None, comments=100), 4),
        (lambda: store.comments.add(comment), 4),
        (lambda: store.comments.save(post.id, comment.id, comment_change, match=None), 5),
        (lambda: store.comments.remove(post.id, comment.id, match=None), 4),
        (lambda: store.posts.remove(post.id, match=None), 1),
    ]
    for write, expected in writes:
        statements.clear()
        await write()
        assert len(statements) == expected, statements


async def test_a_match_may_name_thousands_of_revisions(store: SqlStore) -> None:
    post = await publish(store)
    others = {Revision(version, MOMENT) for version in range(2, 8_000)}
    change = PostChange(updated_at=MOMENT, title="New")
    saved = await store.posts.save(post.id, change, match=frozenset({post.revision, *others}), comments=0)
    assert saved.version == 2


_EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN", "mysql": "EXPLAIN FORMAT=JSON"}
_ON_BOTH_COLUMNS = {
    "sqlite": "(publication_date,id)",
    "postgresql": "(ROW(publication_date, (id)::text)",
    "mysql": '"used_key_parts": [{}"publication_date", "id"]',
}


@pytest.mark.parametrize(
    ("statement", "first_column"),
    [(COMMENTS_AFTER, "post_id"), (POSTS_AFTER, None)],
    ids=["a thread", "posts"],
)
async def test_the_index_finds_the_place_after_a_cursor(
    engine_name: str, aside: Connections, statement: Select[*tuple[Any, ...]], first_column: str | None
) -> None:
    values = {"of_post": new_id(), "after_date": MOMENT, "after_id": new_id(), "limit": 100}

    async def explain(connection: AsyncConnection) -> str:
        if engine_name == "postgresql":  # which reads small tables from one end to the other
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plain = statement.params({name: values[name] for name in statement.compile().params})
        compiled = plain.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        rows = await connection.exec_driver_sql(f"{_EXPLAIN[engine_name]} {compiled}")
        return " ".join(str(value) for row in rows for value in row)

    plan = " ".join((await aside.transact(explain)).split())
    before = f'"{first_column}", ' if first_column else ""
    assert _ON_BOTH_COLUMNS[engine_name].format(before) in plan
