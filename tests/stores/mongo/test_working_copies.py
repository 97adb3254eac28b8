"""Working copies that a request adds while their user is being removed."""

from everpost.stores.mongo.model.working_copies import new_working_copy
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import numbered, register
from tests.contract.port.writing.typed import posts_of_copies, typing
from tests.stores.mongo.blog import Database
from tests.stores.mongo.moving import records_of


async def test_they_are_not_part_of_a_copy_and_are_deleted(store: MongoStore, database: Database) -> None:
    ada, bob = await register(store, id=numbered(1)), await register(store, id=numbered(2))
    await store.working_copies.add(typing(bob, numbered(3)))
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    late = new_working_copy(typing(ada, numbered(3)))
    await database["working_copies"].insert_one(dict(late))
    async with store.records.snapshot() as snapshot:
        assert (await snapshot.count())["working_copy"] == 1
    assert [type(each).__name__ for each in await records_of(store)] == ["Blog", "User", "WorkingCopy"]
    await store._garbage.collect()
    assert await database["working_copies"].count_documents({}) == 1
    assert await posts_of_copies(store, bob) == [numbered(3)]
