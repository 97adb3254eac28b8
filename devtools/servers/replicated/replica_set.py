"""A MongoDB replica set of three private servers."""

import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from devtools.servers.mongodb import MongodbServer, UninitiatedMongodbServer
from devtools.servers.private import START_TIMEOUT, CannotStart

ELECTION = 1_000
"""Milliseconds after which a new primary is elected; MongoDB's default is ten times as long."""


class MongodbReplicaSet:
    """A set that runs from `start()` to `stop()`. `hosts`: the addresses of the members in its configuration,
    if not their own. `election`: milliseconds after which an isolated primary steps down and the others elect
    a new one.
    """

    def __init__(self, *, election: int = ELECTION) -> None:
        self._election = election
        self.members = [UninitiatedMongodbServer() for _ in range(3)]
        self.hosts = [f"127.0.0.1:{member.port}" for member in self.members]

    def start(self) -> Self:
        """Start the members, and wait until there is a primary that the others follow. Raises CannotStart."""
        try:
            with ThreadPoolExecutor() as at_once:
                list(at_once.map(UninitiatedMongodbServer.start, self.members))
            members = [{"_id": number, "host": host} for number, host in enumerate(self.hosts)]
            settings = {"electionTimeoutMillis": self._election, "heartbeatIntervalMillis": ELECTION // 4}
            configuration = {"_id": "everpost", "members": members, "settings": settings}
            with _client(self.members[0]) as client:
                client.admin.command("replSetInitiate", configuration)
            self._elect(self.members[:1])
            self.wait_until_whole()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(UninitiatedMongodbServer.stop, self.members))

    def url(self, database: str = "") -> str:
        return f"mongodb://{','.join(self.hosts)}/{database}?replicaSet=everpost"

    def primary(self) -> UninitiatedMongodbServer:
        """The member that the majority considers the primary. Raises LookupError if there is none."""
        terms = [(term, member) for member in self.members if (term := _term_as_primary(member)) is not None]
        if not terms:
            raise LookupError("no primary")
        return max(terms, key=lambda each: each[0])[1]

    def replace_primary(self, primary: MongodbServer) -> None:
        """Let the other members elect one of them immediately. Raises CannotStart."""
        self._elect([member for member in self.members if member is not primary])

    def _elect(self, candidates: Sequence[UninitiatedMongodbServer]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        for candidate in itertools.cycle(candidates):
            # A candidate fails if it lacks a write that a voter has.
            with suppress(PyMongoError), _client(candidate) as client:
                client.admin.command("replSetStepUp")
                return
            if time.monotonic() > deadline:
                raise CannotStart("the replica set elects no primary")
            time.sleep(0.05)

    def wait_until_whole(self) -> None:
        """Wait until there is a primary, and the two others have all its data. Raises CannotStart."""
        deadline = time.monotonic() + START_TIMEOUT
        while sorted(self._states()) != ["PRIMARY", "SECONDARY", "SECONDARY"]:
            if time.monotonic() > deadline:
                raise CannotStart("the replica set does not become whole")
            time.sleep(0.05)

    def _states(self) -> Sequence[str]:
        try:
            with _client(self.primary()) as client:
                members = client.admin.command("replSetGetStatus")["members"]
        except (LookupError, PyMongoError):
            return ()
        return [member["stateStr"] for member in members if member["health"] == 1]


def _client(member: UninitiatedMongodbServer) -> "MongoClient[dict[str, Any]]":
    milliseconds = 2_000
    return MongoClient(
        member.url(),
        directConnection=True,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=milliseconds,
    )


def _term_as_primary(member: UninitiatedMongodbServer) -> Any:  # noqa: ANN401 - an id that is compared
    """The term in which this member is the primary; None if it is not, or does not answer."""
    try:
        with _client(member) as client:
            hello = client.admin.command("hello")
    except PyMongoError:
        return None
    return hello["electionId"] if hello.get("isWritablePrimary") else None
