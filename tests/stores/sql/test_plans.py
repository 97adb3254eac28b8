"""Query plans: each engine reads the post lists of a large blog from an index, in its order."""

import itertools
import json
import random
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from devtools.servers.databases import new_name
from sqlalchemy import Executable, func, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.domain.paging import Position
from everpost.domain.posts import (
    Audience,
    Post,
    PostFilter,
    PostKey,
    PostKind,
    PostQuery,
    PostSort,
    PostStatus,
    TagQuery,
)
from everpost.stores import open_schema
from everpost.stores.sql.engine import Connections, Transaction, make_engine
from everpost.stores.sql.model.mappers import path_values, post_values, tag_values, user_values
from everpost.stores.sql.model.tables import PostPathRow, PostRow, PostTagRow, UserRow
from everpost.stores.sql.queries import post_lists, post_queries
from tests.conftest import Engines
from tests.contract.port.examples import MOMENT, a_post, a_user, numbered
from tests.stores.sql.conftest import TIMEOUT, plan_of
from tests.volume import volumes

MOST = 100_000
AUTHORS = 20
USERS = 2_000
TAGS = 25
COPIES = 10
AUTHOR = numbered(1)
PLACE = Position(MOMENT, numbered(1))

AUDIENCES = {
    "everybody": Audience(moment=MOMENT),
    "an author": Audience(moment=MOMENT, author_id=AUTHOR),
    "an editor": Audience(moment=MOMENT, author_id=AUTHOR, sees_all=True),
}
NARROWED: dict[str, dict[str, Any]] = {
    "all": {},
    "of a tag": {"tag": "tag 7"},
    "of an author": {"author_id": AUTHOR},
    "of a tag and an author": {"tag": "tag 7", "author_id": AUTHOR},
}

Explained = tuple[Executable, Mapping[str, object]]


def lists() -> Iterator[tuple[str, Explained]]:
    """Every statement that reads or counts a list of posts, with a description."""
    for (viewer, audience), (conditions, fields), status, kind in itertools.product(
        AUDIENCES.items(), NARROWED.items(), PostStatus, PostKind
    ):
        post_filter = PostFilter(audience=audience, status=status, kind=kind, **fields)
        found = post_lists.normalize(post_filter)
        if found is None:
            continue
        name = f"{status} {kind} {conditions} for {viewer}"
        yield f"{name}, counted", (post_lists.count_query(found.shape), found.parameters)
        for sort, after in itertools.product(PostSort, (None, PLACE)):
            query = PostQuery(filter=post_filter, sort=sort, limit=10, after=after)
            place = "first page" if after is None else "later page"
            yield f"{name}, {sort}, {place}", post_lists.page_of_posts(query, found)
            if sort is PostSort.LEAST_RECENTLY_UPDATED and after is not None:
                changes = replace(query, updated_until=MOMENT)
                yield f"{name}, changes", post_lists.page_of_posts(changes, found)
    for key in PostKey:
        yield f"validators by {key}", post_queries.key_validators(key, ["a", "b"])
    for after_tag in (None, "tag 30"):
        tags = TagQuery(moment=MOMENT, limit=10, after=after_tag)
        yield f"tags after {after_tag}", post_lists.page_of_tags(tags)


def posts(count: int) -> Iterator[Post]:
    """A third of the posts are drafts, some of the others are scheduled, and half are pages."""
    dice = random.Random(3)
    authors = [a_user(id=numbered(number)).author for number in range(AUTHORS)]
    for number in range(count):
        yield a_post(
            id=numbered(number),
            content="Content " * 20,
            publication_date=MOMENT + timedelta(minutes=dice.randrange(-MOST, MOST // 3)),
            updated_at=MOMENT + timedelta(minutes=dice.randrange(-MOST, 0)),
            status=dice.choice([PostStatus.DRAFT, PostStatus.PUBLISHED, PostStatus.PUBLISHED]),
            kind=dice.choice(list(PostKind)),
            author=dice.choice(authors),
            tags=(f"tag {dice.randrange(TAGS)}",),
            paths=(f"/{number}",),
        )


async def load(transaction: Transaction, count: int) -> None:
    """Load this many posts. Each is stored ten times, with different ids and slugs."""
    originals = list(posts(count // COPIES))
    await transaction.execute(insert(UserRow), [user_values(a_user(id=numbered(n))) for n in range(USERS)])
    await transaction.execute(insert(PostRow), [post_values(post) for post in originals])
    await transaction.execute(insert(PostTagRow), [tag for post in originals for tag in tag_values(post)])
    await transaction.execute(insert(PostPathRow), [path for post in originals for path in path_values(post)])
    for row, id_column in ((PostRow, "id"), (PostTagRow, "post_id"), (PostPathRow, "post_id")):
        table = row.__table__
        names = [column.name for column in table.c]
        for copy in range(1, COPIES):
            changed = {
                id_column: literal(str(copy)) + func.substr(table.c[id_column], 2),
                "slug": literal(f"copy-{copy}-") + func.substr(table.c[id_column], 2),
                "path": literal(f"/copy-{copy}/") + func.substr(table.c[id_column], 2),
            }
            copied = select(*(changed.get(name, table.c[name]) for name in names))
            originals_only = table.c[id_column] < "1"
            await transaction.execute(insert(row).from_select(names, copied.where(originals_only)))


@pytest.fixture(params=volumes(10_000, MOST))
async def large_blog(
    engine_name: str, engines: Engines, request: pytest.FixtureRequest
) -> AsyncIterator[AsyncEngine]:
    """A database with this many posts and up-to-date statistics."""
    databases, name = engines.databases(engine_name), new_name()
    await databases.create(name)
    url = databases.url(name)
    schema = open_schema(url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()
    connections = await Connections.open(url, timeout=TIMEOUT, pool_size=1)
    await connections.transact(partial(load, count=request.param), time_limited=False)
    if engine_name == "postgresql":
        await connections.change(text("VACUUM ANALYZE"), {}, time_limited=False)
    elif engine_name == "mysql":
        for table in ("posts", "post_tags", "post_paths", "users"):
            await connections.change(text(f"ANALYZE TABLE {table}"), {})
    await connections.close()
    engine = make_engine(url, timeout=TIMEOUT, pool_size=1)
    yield engine
    await engine.dispose()
    await databases.drop(name)


async def explain(engine_name: str, connection: AsyncConnection, explained: Explained) -> list[str]:
    """Return the faults in the plan of a statement."""
    statement, parameters = explained
    bound = statement.params(**parameters)  # type: ignore[attr-defined]
    compiled = bound.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    rows = await plan_of(engine_name, str(compiled), connection)
    if engine_name == "sqlite":
        return sqlite_faults([str(row[-1]) for row in rows])
    plan = rows[0][0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return (postgresql_faults if engine_name == "postgresql" else mysql_faults)(plan)


def sqlite_faults(lines: list[str]) -> list[str]:
    """A subquery may be scanned, because it is no longer than the page."""
    subqueries = [
        match[1] for line in lines if (match := re.match(r"(?:CO-ROUTINE|MATERIALIZE) (\w+)", line))
    ]
    allowed = {f"SCAN {name}" for name in [*subqueries, "CONSTANT ROW"]}
    return [line for line in lines if re.match(r"SCAN|USE TEMP|.*AUTOMATIC", line) and line not in allowed]


def postgresql_faults(plan: Any) -> list[str]:  # noqa: ANN401 - JSON
    """A limited page may be sorted, to join the authors. The settings are a single row."""
    return [
        f"{kind} {node.get('Relation Name', '')}"
        for node in nodes(plan)
        if (
            (kind := str(node.get("Node Type", ""))) in ("Seq Scan", "Bitmap Heap Scan")
            and node.get("Relation Name") != "blog"
        )
        or ("Sort" in kind and not any(below.get("Node Type") == "Limit" for below in nodes(node)))
    ]


def mysql_faults(plan: Any) -> list[str]:  # noqa: ANN401 - JSON
    """ "ALL" is a scan of a table, "index" one of an index. Further steps are nodes in MariaDB and flags in
    MySQL. A subquery is a temporary table, which is scanned; it is no longer than the page.
    """
    faults: list[str] = []
    for node in nodes(plan):
        faults += [key for key in ("filesort", "temporary_table", "read_sorted_file") if key in node]
        flags = ("using_filesort",) if "cacheable" in node else ("using_filesort", "using_temporary_table")
        faults += [flag for flag in flags if node.get(flag)]
        name = str(node.get("table_name", ""))
        is_subquery = name.startswith("<derived") or "materialized_from_subquery" in node
        if node.get("access_type") in ("ALL", "index") and not is_subquery:
            faults.append(f"{node['access_type']} {name}")
    return faults


def nodes(plan: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Every object in a plan."""
    if isinstance(plan, dict):
        yield plan
    for each in plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ():
        yield from nodes(each)


async def test_every_list_of_posts_is_read_from_an_index_in_its_order(
    engine_name: str, large_blog: AsyncEngine
) -> None:
    async with large_blog.connect() as connection:
        plans = {name: await explain(engine_name, connection, each) for name, each in lists()}
    assert len(plans) > 300
    assert {name: faults for name, faults in plans.items() if faults} == {}
