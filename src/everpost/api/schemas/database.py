"""The state of the database as JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.services.database.state import DatabaseState


@with_config(ConfigDict(extra="forbid"))
class DatabaseRead(TypedDict):
    """The state of the database."""

    everpost: Annotated[str, Field(description="The version of Everpost.")]
    server: Annotated[
        str, Field(description="The name and version of the database server, as in `PostgreSQL 18.1`.")
    ]
    revision: Annotated[str | None, Field(description="The revision of the schema, as in `everpost db`.")]
    records: Annotated[
        dict[str, Annotated[int, Field(ge=0)]],
        Field(description="The number of records of each kind, by the name of the kind in archives."),
    ]


def read_database(state: DatabaseState) -> DatabaseRead:
    """The state as JSON."""
    running = state.installation
    return {
        "everpost": running.everpost,
        "server": running.server,
        "revision": running.revision,
        "records": dict(state.counts),
    }
