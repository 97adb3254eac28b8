"""Bytes for which a database has no space left."""

from pathlib import Path

import asyncpg
import pytest
from asyncmy import errors as mysql

from everpost.errors import OutOfSpace
from everpost.stores import open_store
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.engine.engines import SQLITE_SETTINGS
from everpost.stores.sql.engine.errors import busy_from, fault_of, is_out_of_space
from everpost.stores.sql.engine.sqlite.database import SqliteDatabase
from everpost.stores.sql.media.stored_bytes import CHUNK
from tests.contract.port.media.examples import digest_of, put, read
from tests.stores.sql.conftest import TIMEOUT, answer

SMALL = b"x" * 1_000


@pytest.mark.parametrize("size", [CHUNK, 3 * CHUNK])
@pytest.mark.parametrize("spare_pages", [0, CHUNK // 4_096 + 20])
async def test_nothing_is_half_kept_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, spare_pages: int
) -> None:
    """The larger the file, the more of it fits before the disk is full."""
    size, url = size + spare_pages * 4_096, f"sqlite:///{tmp_path / 'blog.db'}"
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    await put(store, SMALL)
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1, engine="reference")
    ((pages,),) = await answer(connections, "PRAGMA page_count")
    await store.close()
    full = f"PRAGMA max_page_count = {pages + spare_pages}"
    monkeypatch.setattr(f"{SqliteDatabase.__module__}.SQLITE_SETTINGS", (*SQLITE_SETTINGS, full))
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    with pytest.raises(OutOfSpace):
        await put(store, b"y" * size)
    assert await store.media_bytes.find(digest_of(b"y" * size)) is None
    assert [found.key for found in await store.media_bytes.page()] == [digest_of(SMALL)]
    assert await read(store, digest_of(SMALL)) == SMALL
    await store.close()
    monkeypatch.undo()
    store = await open_store(url, timeout=TIMEOUT, pool_size=1)
    assert await read(store, await put(store, b"y" * size)) == b"y" * size
    assert (await store.media_bytes.find(digest_of(b"y" * size))) is not None
    await store.close()
    await connections.close()


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (asyncpg.DiskFullError("could not extend file"), True),
        (asyncpg.OutOfMemoryError("out of memory"), False),
        (mysql.OperationalError(1021, "Disk full"), True),
        (mysql.OperationalError(1114, "The table 'media_chunks' is full"), True),
        (mysql.OperationalError(1040, "Too many connections"), False),
    ],
)
def test_servers_without_space_are_recognized(error: Exception, is_full: bool) -> None:
    fault = fault_of(error)
    assert fault is not None
    busy = busy_from(error, fault)
    busy.__cause__ = error
    assert is_out_of_space(busy) is is_full
