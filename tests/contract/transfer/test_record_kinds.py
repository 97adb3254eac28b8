"""A new kind of record is copied like all others once a store registers it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from everpost.domain.records import Record
from everpost.stores import open_store
from everpost.stores.mongo.records import MongoRecords
from everpost.stores.mongo.store import MongoStore
from everpost.stores.port import Records
from everpost.stores.sql.bulk.record_tables import RECORD_TABLES
from everpost.stores.sql.bulk.records import SqlRecords
from everpost.stores.sql.engine import make_engine
from everpost.stores.sql.store import SqlStore
from everpost.transfer.archive.checker import check
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import CopyResult, Phase, copy, verify
from everpost.transfer.copy.origins import origin_of
from tests.conftest import POOL_SIZE, TIMEOUT
from tests.contract.port.blog.whole_blogs import SETTINGS
from tests.contract.port.examples import LATER, numbered
from tests.unit.transfer.listed import Listed
from tests.unit.transfer.toys import (
    BADGES,
    METADATA,
    TOY_KINDS,
    TOY_TABLES,
    WHOLE,
    Badge,
    in_order,
    notes_on,
    toy_collections,
)

ORIGIN = origin_of(SETTINGS)


def later(records: Sequence[Record]) -> list[Record]:
    """The records after changes: a post was deleted with its notes, others are new, labels were swapped."""
    others = [each for each in records if not isinstance(each, Badge)]
    kept = [
        each for each in others if numbered(1) not in (getattr(each, "id", ""), getattr(each, "post_id", ""))
    ]
    first, second, _ = BADGES
    swapped = [replace(first, label=second.label), replace(second, label=first.label, given_at=LATER)]
    return in_order([*kept, *notes_on(2, 101), *swapped])


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


async def copied(records: Sequence[Record], target: Records) -> CopyResult:
    return await copy(Listed(records, TOY_KINDS), target, quiet, origin=ORIGIN)


async def read(records: Records) -> list[Record]:
    async with records.snapshot() as snapshot:
        return [record async for batch in snapshot.records() for record in batch]


@asynccontextmanager
async def toys_in_sql(url: str) -> AsyncIterator[Records]:
    engine = make_engine(url, timeout=TIMEOUT, pool_size=1)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await engine.dispose()
    store = await open_store(url, timeout=TIMEOUT, pool_size=POOL_SIZE)
    assert isinstance(store, SqlStore)
    yield SqlRecords(store._connections, (*RECORD_TABLES, *TOY_TABLES))
    await store.close()


@asynccontextmanager
async def toys_in_mongodb(url: str) -> AsyncIterator[Records]:
    store = await open_store(url, timeout=TIMEOUT, pool_size=POOL_SIZE)
    assert isinstance(store, MongoStore)
    collections = store.records._collections
    database = collections.posts.database
    await database["badges"].create_index("label", unique=True)
    yield MongoRecords(collections, store._transactions, store._garbage, toy_collections(database))
    await store.close()


@pytest.fixture
async def toys(store_name: str, database_url: str) -> AsyncIterator[Records]:
    """The records of an empty blog whose store has two more kinds."""
    opened = toys_in_mongodb if store_name == "mongodb" else toys_in_sql
    await (await open_store(database_url, timeout=TIMEOUT, pool_size=1)).close()
    async with opened(database_url) as records:
        yield records


async def test_new_kinds_are_copied_counted_and_compared(toys: Records) -> None:
    outcome = await copied(WHOLE, toys)
    assert outcome.agrees
    assert await read(toys) == WHOLE
    async with toys.snapshot() as snapshot:
        counts = await snapshot.count()
    assert counts == outcome.before.source.counts
    assert (counts["note"], counts["badge"]) == (253, 3)


async def test_records_of_new_kinds_are_changed_swapped_and_deleted(toys: Records) -> None:
    await copied(WHOLE, toys)
    assert (await copied(later(WHOLE), toys)).agrees
    assert await read(toys) == later(WHOLE)


async def test_archives_with_new_kinds_are_the_same_from_every_store(toys: Records, tmp_path: Path) -> None:
    files = [tmp_path / "of-a-store", tmp_path / "of-a-list"]
    await copied(WHOLE, toys)
    await export(toys, str(files[0]), quiet)
    digest = (await export(Listed(WHOLE, TOY_KINDS), str(files[1]), quiet)).digest
    assert files[0].read_bytes() == files[1].read_bytes()
    with open_archive(str(files[0]), TOY_KINDS) as archive:
        assert check(archive, quiet).digest == digest
        assert (await verify(archive, toys, quiet)).is_equal
