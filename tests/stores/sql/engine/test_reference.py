"""The drivers and the reference store and return the same values.

The contract suite of the port shows that they answer every statement alike: it also runs on both at once
(`tests/differential.py`), mostly in `make test-long`.
"""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from everpost.domain.clock import EARLIEST, LATEST
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.model.tables import BlogRow
from everpost.stores.sql.model.types import ExactText, IdText, LongText, Moment, TextList, Word
from tests.contract.port.blog.values import PLANES
from tests.differential import DifferentialDatabase
from tests.stores.sql.conftest import TIMEOUT

VALUES = Table(
    "all_types",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", IdText()),
    Column("word", Word(20)),
    Column("exact", ExactText(100)),
    Column("long", LongText()),
    Column("moment", Moment()),
    Column("texts", TextList()),
    Column("large", BigInteger),
    Column("is_so", Boolean),
    Column("bytes", LargeBinary(100)),
    mysql_charset="utf8mb4",
)
ROWS: list[dict[str, object]] = [
    {"id": "f" * 24, "word": "published", "exact": PLANES, "long": PLANES * 1_000, "moment": LATEST},
    {"id": "", "word": "", "exact": "", "long": "", "moment": EARLIEST, "texts": [], "bytes": b""},
    {"exact": "'\"\\%s%%:name?;-- ", "long": "$1 %(name)s {} \\0", "texts": ["'\"\\%", "\U0001f600", ""]},
    {"moment": datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC), "large": -1, "is_so": False},
    {"moment": datetime(2024, 2, 29, 12, tzinfo=UTC), "large": 2**63 - 1, "is_so": True},
    {"large": -(2**63), "bytes": bytes(range(100))},
    {"large": 0, "bytes": b"'\\%s\0"},
    {},
]


@pytest.mark.own_database
async def test_every_type_keeps_every_value_on_both(url: str, alchemy: AsyncEngine) -> None:
    async with alchemy.connect() as connection:
        await connection.run_sync(VALUES.create)
    drivers = await Connections.open(url, timeout=TIMEOUT, pool_size=1)
    reference = await Connections.open(url, timeout=TIMEOUT, pool_size=1, engine="reference")
    names = [column.name for column in VALUES.columns]
    rows = [dict.fromkeys(names) | row for row in ROWS]
    ways = [drivers, reference]
    for (start, writer), reader in product(enumerate(ways), ways):
        first = start * len(rows)
        numbered = [row | {"number": first + number} for number, row in enumerate(rows)]
        if reader is drivers:
            for row in numbered:
                await writer.change(insert(VALUES), row)
        statement = select(VALUES).where(VALUES.c.number >= first).order_by(VALUES.c.number)
        found = await reader.fetch(statement.limit(len(rows)), {})
        assert [dict(zip(names, row, strict=True)) for row in found] == [
            row | {"texts": None if row["texts"] is None else tuple(row["texts"])} for row in numbered
        ]
    await drivers.close()
    await reference.close()


async def test_a_difference_names_the_reason_for_which_the_reference_failed(
    made_url: str, tmp_path: Path
) -> None:
    without_tables = f"sqlite:///{tmp_path}/blog.db"
    drivers = await Connections.open(made_url, timeout=TIMEOUT, pool_size=1)
    reference = await Connections.open(without_tables, timeout=TIMEOUT, pool_size=1, engine="reference")
    database = DifferentialDatabase(drivers._database, reference._database)
    with pytest.raises(AssertionError) as difference:
        await database.change([(update(BlogRow).values(version=2), {})], time_limited=True)
    assert "no such table" in str(difference.value.__cause__)
    await database.close()
