"""Typed text that was acknowledged survives a server that is killed immediately afterwards."""

from pathlib import Path

import pytest

from everpost.domain.ids import Id, new_id
from everpost.domain.writing.working_copies import WorkingCopyQuery
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.faults.served import AS_ADMIN, PATIENCE, ServedBlog

SAVES = 3


async def copies_in(store: Store, user_id: Id) -> dict[Id, str | None]:
    """The contents of all working copies of a user, by post."""
    page = await store.working_copies.page(WorkingCopyQuery(user_id=user_id, limit=10))
    found = [await store.working_copies.get(user_id, row.post_id) for row in page.rows]
    return {each.copy.post_id: each.copy.text.content for each in found}


@pytest.mark.long_but_on("sqlite", "mongodb")
async def test_an_acknowledged_working_copy_survives_a_killed_server(
    database_url: str, tmp_path: Path
) -> None:
    post_id = new_id()
    with ServedBlog(database_url, tmp_path) as blog:
        user_id = Id(blog.client.get("/users/me", headers=AS_ADMIN).json()["id"])
        headers = {"if-none-match": "*"}
        for number in range(SAVES):
            body = {"text": {"content": f"{number}" * 100_000}}
            answer = blog.client.put(
                f"/posts/{post_id}/working-copy", json=body, headers={**AS_ADMIN, **headers}
            )
            assert answer.is_success, answer.text
            headers = {"if-match": answer.headers["etag"]}
        blog.kill()
    store = await open_store(database_url, timeout=PATIENCE, pool_size=1)
    try:
        assert await copies_in(store, user_id) == {post_id: f"{SAVES - 1}" * 100_000}
    finally:
        await store.close()
