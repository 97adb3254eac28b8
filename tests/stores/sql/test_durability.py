"""Rows reported as already stored are committed again, so that a synchronous standby has them as well."""

from everpost.errors import Conflict
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.store import SqlStore
from tests.contract.port.examples import a_comment, comment_on, publish
from tests.contract.refusals import raises
from tests.stores.sql.conftest import answer


async def test_a_conflict_about_an_id_changes_nothing_and_is_written_by_postgresql_all_the_same(
    engine_name: str, store: SqlStore, aside: Connections
) -> None:
    """The transaction that wrote the row, from PostgreSQL's column `xmin`."""
    writer = "xmin::text" if engine_name == "postgresql" else "0"
    post = await publish(store)
    comment = await comment_on(store, post.id)

    async def rows() -> list[tuple[object, ...]]:
        tables = ("posts", "comments")
        return [
            tuple(row)
            for table in tables
            for row in await answer(aside, f"SELECT version, stamp, {writer} FROM {table}")
        ]

    before = await rows()
    with raises(Conflict, "post", "id"):
        await store.posts.add(post)
    with raises(Conflict, "comment", "id"):
        await store.comments.add(a_comment(post.id, id=comment.id))
    for (*state, written_by), (*state_after, written_again_by) in zip(before, await rows(), strict=True):
        assert state == state_after
        assert (written_by != written_again_by) == (engine_name == "postgresql")
