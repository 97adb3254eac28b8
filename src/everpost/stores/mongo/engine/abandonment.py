"""Transactions of processes that died: MongoDB would keep their locks for a minute."""

from contextlib import suppress

from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from everpost.stores.mongo.engine.connection import Client

SILENCE = 2
"""Seconds without activity after which a transaction counts as abandoned. If its process is only slow, it
retries the transaction.
"""


async def abort_abandoned(client: Client) -> None:
    """Abort all transactions that this database user, in a program of this name, has abandoned. If the server
    does not permit it, it ends them itself, later.

    https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/
    """
    driver = client.options.pool_options.metadata
    abandoned = {
        "type": "idleSession",
        "appName": driver.get("application", {}).get("name"),
        "transaction.timeInactiveMicros": {"$gt": SILENCE * 1_000_000},
    }
    admin = client.get_database("admin", read_concern=ReadConcern("local"))
    with suppress(OperationFailure):
        found = await admin.aggregate(
            [
                {"$currentOp": {"allUsers": False, "idleSessions": True}},
                {"$match": abandoned},
                {"$project": {"lsid.id": 1}},
            ]
        )
        if sessions := [operation["lsid"] for operation in await found.to_list()]:
            await admin.command("killSessions", sessions)
