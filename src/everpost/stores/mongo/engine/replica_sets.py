"""Replica sets: requires one, and initiates it for a new server on this machine."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from everpost.errors import Misconfigured, Unreachable
from everpost.stores.mongo.engine.connection import Client
from everpost.stores.mongo.engine.errors import REFUSED, unreachable
from everpost.stores.mongo.engine.urls import (
    direct_url,
    hosts_in,
    is_on_this_machine,
    is_socket,
    is_srv,
    members_in,
    options_in,
)

_log = logging.getLogger(__name__)

DEFAULT_NAME = "everpost"
"""The name of the set in the documentation's commands."""
ELECTION = 30.0
"""Seconds that the first election may take; among three members it takes twelve."""

Hello = Mapping[str, Any]
"""The response to the command `hello`, which requires no authentication:
https://www.mongodb.com/docs/manual/reference/command/hello/
"""

_UNINITIATED = "RSGhost"
"""PyMongo's type name for a member that has no set yet."""
_NAME_GIVEN = re.compile(r"command line set name: ([^\s,]+)")
_ALREADY_INITIALIZED = 23
_INVALID_REPLICA_SET_CONFIG = 93


class _NoMembers(Exception):
    """None of the servers that answered is a member of a set."""


async def require_replica_set(client: Client, url: str, *, timeout: float) -> Hello:
    """The `hello` of the primary, or of a router of a sharded cluster. Initiates the replica set first if the
    servers run on this machine and have none yet.

    Raises Unreachable if no server answers, or the login is rejected; Misconfigured if there is no replica
    set, or if the URL connects directly to one of several members.
    """
    try:
        hello = await _first_answer(client)
    except _NoMembers:
        hello = await _found_directly(url, timeout)
        if not (_is_standalone(hello) or _is_uninitiated(hello)):
            hello = await _ask(client, url)
    except PyMongoError as error:
        raise unreachable(error, hosts_in(url)) from error
    if _is_uninitiated(hello):
        if is_on_this_machine(url):
            _log.warning(await initiate(url, timeout=timeout))
        else:
            await _require_set(url, timeout)
        hello = await _ask(client, url)
    if _is_standalone(hello):
        raise _standalone(url)
    if options_in(url).get("directconnection"):
        await _require_only_member(client, url, hello, timeout)
    return hello


def can_be_replaced(hello: Hello, url: str) -> bool:
    """Whether another server could become the primary. False also if the URL accepts stale reads, with
    `readConcernLevel=majority`.
    """
    return len(hello.get("hosts", ())) > 1 and options_in(url).get("readconcernlevel") != "majority"


async def initiate(url: str, *, timeout: float) -> str:
    """Initiate the replica set of the servers in the URL, unless it exists. Returns a sentence about what was
    done, once there is a primary. Several processes may call this concurrently.

    Raises Misconfigured, Unreachable.
    """
    if is_srv(url) or any(map(is_socket, members_in(url))):
        raise Misconfigured("To initiate a replica set, name each member in the database URL as host:port.")
    members = sorted(members_in(url))  # so that every process asks the same one
    answers = [await _hello_of(url, member, timeout) for member in members]
    if any(hello.get("msg") == "isdbgrid" for hello in answers):
        return f"MongoDB at {hosts_in(url)} is a sharded cluster: there is nothing to initiate."
    if any(map(_is_standalone, answers)):
        raise _standalone(url)
    is_new = not any("setName" in hello for hello in answers) and await _initiate(url, members, timeout)
    hello = await _first_primary(url, members, timeout=max(timeout, ELECTION))
    done = "Initiated" if is_new else "Already initiated:"
    return f"{done} the replica set {hello['setName']!r} of {', '.join(hello['hosts'])}."


async def _first_answer(client: Client) -> Hello:
    """The `hello` of the primary. Raises _NoMembers immediately if no server is a member of a set, or of the
    set that the URL names.
    """
    asking = asyncio.create_task(client.admin.command("hello"))
    try:
        while not (await asyncio.wait({asking}, timeout=0.02))[0]:
            servers = client.topology_description.server_descriptions().values()
            if all(server.server_type_name == _UNINITIATED for server in servers):
                raise _NoMembers
        return await asking
    finally:
        asking.cancel()


async def _found_directly(url: str, timeout: float) -> Hello:
    """The `hello` of the first server that answers; empty if none does."""
    for member in () if is_srv(url) else members_in(url):
        try:
            return await _hello_of(url, member, min(timeout, 1.0))
        except Unreachable:
            continue
    return {}


async def _hello_of(url: str, member: str, timeout: float) -> Hello:
    async with _direct(url, member, timeout) as client:
        return await _ask(client, url)


async def _ask(client: Client, url: str) -> Hello:
    try:
        hello: Hello = await client.admin.command("hello")
    except PyMongoError as error:
        raise unreachable(error, hosts_in(url)) from error
    return hello


@asynccontextmanager
async def _direct(
    url: str, member: str, timeout: float, *, credentials: bool = False
) -> AsyncIterator[Client]:
    """A client connected to one member. Without credentials by default, because a server that waits to be
    initiated may have no users yet.
    """
    milliseconds = max(1, int(timeout * 1000))
    client: Client
    async with AsyncMongoClient(
        direct_url(url, member, credentials=credentials),
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        timeoutMS=milliseconds,
    ) as client:
        yield client


async def _initiate(url: str, members: Sequence[str], timeout: float) -> bool:
    """Initiate the set; False if another process has already done so."""
    for credentials in (False, True):
        async with _direct(url, members[0], max(timeout, ELECTION), credentials=credentials) as client:
            try:
                return await _initiate_as(client, options_in(url).get("replicaset"), members)
            except OperationFailure as error:
                if error.code not in REFUSED:
                    reason = (error.details or {}).get("errmsg", error.code)
                    raise Misconfigured(
                        f"MongoDB at {hosts_in(url)} cannot become a replica set: {reason}"
                    ) from error
            except PyMongoError as error:
                raise unreachable(error, hosts_in(url)) from error
    raise Misconfigured(
        f"MongoDB at {hosts_in(url)} does not let this user initiate the replica set: use a user with the"
        " role clusterManager or, if there are no users yet, run the command on the server's machine."
    )


async def _initiate_as(client: Client, name: str | None, members: Sequence[str]) -> bool:
    """Initiate the set; False if it exists. If the URL does not name the set, its name is taken from the
    error message of the server, which states it when it rejects a wrong one.
    """
    configuration = {
        "_id": name or DEFAULT_NAME,
        "members": [{"_id": number, "host": member} for number, member in enumerate(members)],
    }
    try:
        await client.admin.command("replSetInitiate", configuration)
    except OperationFailure as error:
        if error.code == _ALREADY_INITIALIZED:
            return False
        given = _NAME_GIVEN.search(str((error.details or {}).get("errmsg")))
        if name is None and error.code == _INVALID_REPLICA_SET_CONFIG and given:
            return await _initiate_as(client, given[1], members)
        raise
    return True


async def _first_primary(url: str, members: Sequence[str], *, timeout: float) -> Hello:
    """The `hello` of the primary, once there is one. Raises Unreachable."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        for member in members:
            hello = await _hello_of(url, member, timeout)
            if hello.get("isWritablePrimary") and "setName" in hello:
                return hello
        await asyncio.sleep(0.05)
    raise Unreachable(f"MongoDB at {hosts_in(url)} elected no primary within {timeout:g} seconds.")


async def _require_set(url: str, timeout: float) -> None:
    """Wait until the servers have a set: one that has just started has not read its configuration yet. Raises
    Misconfigured if they still have none after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while _is_uninitiated(await _found_directly(url, timeout)):
        if time.monotonic() > deadline:
            raise Misconfigured(
                f"The replica set of MongoDB at {hosts_in(url)} has not been initiated."
                " Run: everpost db init-replica-set"
            )
        await asyncio.sleep(0.1)


async def _require_only_member(client: Client, url: str, hello: Hello, timeout: float) -> None:
    members = [each for kind in ("hosts", "passives", "arbiters") for each in hello.get(kind, ())]
    if "setName" not in hello:
        return
    if len(members) > 1:
        raise Misconfigured(
            f"The database URL: directConnection=true is refused for a set of {len(members)} members: after a"
            f" failover, reads would be stale. Name the members instead: mongodb://{','.join(members)}/..."
        )
    deadline = time.monotonic() + timeout
    while not hello.get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise Unreachable(f"MongoDB at {hosts_in(url)} is not the primary.")
        await asyncio.sleep(0.05)
        hello = await _ask(client, url)


def _is_uninitiated(hello: Hello) -> bool:
    return bool(hello.get("isreplicaset")) and "setName" not in hello


def _is_standalone(hello: Hello) -> bool:
    is_part_of_more = "setName" in hello or "isreplicaset" in hello or hello.get("msg") == "isdbgrid"
    return bool(hello) and not is_part_of_more


def _standalone(url: str) -> Misconfigured:
    return Misconfigured(
        f"MongoDB at {hosts_in(url)} is a standalone server, and Everpost needs a replica set; one node is"
        f" enough. Restart the server with --replSet (mongod --replSet {DEFAULT_NAME} ...), then run:"
        " everpost db init-replica-set"
    )
