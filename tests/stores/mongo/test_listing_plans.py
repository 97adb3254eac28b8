"""Query plans for lists of posts: MongoDB reads each list in order from an index."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Any, cast

import pytest
from bson import ObjectId
from devtools.servers.databases import new_name
from pymongo import AsyncMongoClient

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.posts import Audience, PostFilter, PostKind, PostQuery, PostSort, PostStatus
from everpost.stores import open_schema
from everpost.stores.mongo.engine.connection import Client
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.documents import post_document
from everpost.stores.mongo.model.people import user_document
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.queries.post_lists import Listing
from tests.conftest import Engines
from tests.contract.port.examples import MOMENT, a_post, a_user, numbered
from tests.stores.mongo.blog import TIMEOUT, Database
from tests.volume import volumes

MOST = 100_000
WRITERS = 7
TAGS = 11
MIDDLE = Position(MOMENT + timedelta(seconds=MOST // 2), numbered(MOST // 2))
AT_REST = MOMENT + timedelta(seconds=MOST - 100)
"""The current time: a few posts are scheduled for later."""


def writer(number: int) -> Id:
    return numbered(10**9 + number % WRITERS)


def status_of(number: int) -> PostStatus:
    if number % 10 == 5:
        return PostStatus.TRASHED
    return PostStatus.PUBLISHED if number % 10 else PostStatus.DRAFT


def document(number: int, count: int) -> dict[str, Any]:
    """One of a number of posts, which are spread over the same period. One in ten is a draft, one in ten a
    page, one in ten is in the trash.
    """
    moment = MOMENT + timedelta(seconds=number * MOST // count)
    post = a_post(
        id=numbered(number),
        publication_date=moment,
        updated_at=moment,
        tags=(f"tag {number % TAGS}", f"other {number % 5}"),
        status=status_of(number),
        kind=PostKind.PAGE if number // 10 % 10 == 3 else PostKind.POST,
        author=a_user(id=writer(number)).author,
    )
    return dict(post_document(post))


@pytest.fixture(scope="module", params=volumes(10_000, MOST))
async def listed(engines: Engines, request: pytest.FixtureRequest) -> AsyncIterator[Collections]:
    """A blog with a number of posts."""
    count: int = request.param
    name = new_name()
    url = engines.databases("mongodb").url(name)
    schema = open_schema(url, timeout=TIMEOUT)
    await schema.migrate("head")
    await schema.close()
    client: AsyncMongoClient[dict[str, Any]]
    async with AsyncMongoClient(url, tz_aware=True) as client:
        database: Database = client.get_default_database()
        users = [user_document(a_user(id=writer(number)), is_first=False) for number in range(WRITERS)]
        await database["users"].insert_many([dict(user) for user in users])
        for start in range(0, count, 10_000):
            documents = [document(number, count) for number in range(start, start + 10_000)]
            await database["posts"].insert_many(documents, ordered=False)
        yield Collections.of(database)
        await client.drop_database(name)


def stages(plan: Mapping[str, Any]) -> Sequence[str]:
    """The names of the stages of a plan, from the last to the first."""
    below = [plan[name] for name in ("inputStage", "queryPlan") if name in plan] + plan.get("inputStages", [])
    return [plan.get("stage", ""), *(stage for each in below for stage in stages(each))]


def audiences(status: PostStatus) -> Sequence[Audience]:
    """The audiences that can see posts with this status."""
    own = Audience(moment=AT_REST, author_id=writer(3))
    everybody = [Audience(moment=AT_REST)] if status is PostStatus.PUBLISHED else []
    return [*everybody, own, Audience(moment=AT_REST, author_id=writer(1), sees_all=True)]


FILTERS = [
    PostFilter(audience=audience, status=status, kind=kind, tag=tag, author_id=author_id)
    for status, kind, tag, author_id in product(PostStatus, PostKind, (None, "tag 3"), (None, writer(3)))
    for audience in audiences(status)
]


async def explain(listing: Listing, query: PostQuery) -> tuple[Sequence[str], int]:
    """The stages of the plan, and the number of index keys that a page examined."""
    choice = await listing.choose(query.filter, None)
    assert choice is not None
    cursor = listing.cursor(choice, query, {"_id": 1}).limit(query.limit + 1)
    explained = cast("Mapping[str, Any]", await cursor.explain())
    return stages(explained["queryPlanner"]["winningPlan"]), explained["executionStats"]["totalKeysExamined"]


async def test_every_list_is_read_from_an_index_in_its_order_and_counted_as_it_is(
    listed: Collections,
) -> None:
    """A single test, so that the posts are loaded only once."""
    transactions = Transactions(cast("Client", listed.posts.database.client), timeout=TIMEOUT)
    listing = Listing(listed, transactions, AuthorNames(listed))
    await assert_read_from_an_index(listing)
    await assert_counted(listing, listed)
    await assert_the_lists_of_an_heir_are_read_in_order_too(listing, listed)


async def assert_read_from_an_index(listing: Listing) -> None:
    for some, sort, after in product(FILTERS, PostSort, (None, MIDDLE)):
        until = AT_REST if sort is PostSort.LEAST_RECENTLY_UPDATED else None
        query = PostQuery(filter=some, sort=sort, limit=10, after=after, updated_until=until)
        used, keys = await explain(listing, query)
        assert "IXSCAN" in used
        assert not {"COLLSCAN", "SORT"} & set(used), (query, used)
        # One post in seven is the author's; a hundred are scheduled for later.
        assert keys <= 1_100, (query, used)


async def assert_counted(listing: Listing, listed: Collections) -> None:
    for some in FILTERS:
        choice = await listing.choose(some, None)
        assert choice is not None
        natural = await listed.posts.count_documents(choice.condition, hint=[("$natural", 1)])
        assert await listing.count(choice, None) == natural > 0


async def assert_the_lists_of_an_heir_are_read_in_order_too(listing: Listing, listed: Collections) -> None:
    heir, everything = a_user(), Audience(moment=AT_REST, sees_all=True)
    await listed.users.insert_one(user_document(heir, is_first=False))
    left = {"removed_at": MOMENT, "heir": ObjectId(heir.id)}
    await listed.users.update_one({"_id": ObjectId(writer(6))}, [{"$replaceWith": {"_id": "$_id"} | left}])
    for status, sort, after in product(PostStatus, PostSort, (None, MIDDLE)):
        some = PostFilter(audience=everything, status=status, author_id=heir.id)
        used, keys = await explain(listing, PostQuery(filter=some, sort=sort, limit=10, after=after))
        assert not {"COLLSCAN", "SORT"} & set(used), used
        assert keys <= 50
