"""The schema in SQL, for `everpost db` and for opening a store."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import Self

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from everpost.errors import Busy, SchemaMismatch
from everpost.stores.schema import (
    Migration,
    SchemaState,
    Step,
    differences_ahead,
    find_place,
    require_no_loss,
    state_at,
)
from everpost.stores.sql.engine import empty_engine, fault_of, is_done_already, make_engine, reach, reason_of
from everpost.stores.sql.engine.sqlite.files import can_be_created, delete_if_empty, names_in_file
from everpost.stores.sql.schema.data_loss import find_losses
from everpost.stores.sql.schema.drift import find_differences
from everpost.stores.sql.schema.initial_creation import (
    OPTIONS,
    Overtaken,
    creating_schema,
    finished_revision,
    is_partly_created,
    require_no_tables,
    revision_at,
)
from everpost.stores.sql.schema.locks import exclusive

SCRIPTS = "everpost.stores.sql.schema:migrations"
"""Where Alembic finds the migrations."""

_SERVER = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version()",
    "postgresql": "SELECT 'PostgreSQL ' || current_setting('server_version')",
    "mysql": "SELECT CONCAT(IF(VERSION() LIKE '%MariaDB%', 'MariaDB ', 'MySQL '),"
    " SUBSTRING_INDEX(VERSION(), '-', 1))",
}


class SqlSchema:
    """`Schema` of the port. Any method may raise Unreachable."""

    def __init__(self, engine: AsyncEngine, url: str, *, timeout: float, scripts: str | None = None) -> None:
        self._engine = engine
        self._url = url
        self._timeout = timeout
        self._config = Config()
        self._config.set_main_option("script_location", (scripts or SCRIPTS).replace("%", "%%"))
        self._config.set_main_option("path_separator", "os")
        directory = ScriptDirectory.from_config(self._config)
        self._scripts = tuple(reversed(tuple(directory.walk_revisions())))

    @classmethod
    def at(cls, url: str, *, timeout: float, scripts: str | None = None) -> Self:
        """The schema of the database at a URL, with its own connections. Raises Misconfigured."""
        return cls(make_engine(url, timeout=timeout, pool_size=1), url, timeout=timeout, scripts=scripts)

    async def current(self) -> str | None:
        async with self._connected() as connection:
            return await connection.run_sync(finished_revision)

    async def state(self) -> SchemaState:
        with suppress(SchemaMismatch, Overtaken):
            async with self._connected() as connection:
                state = await connection.run_sync(self._state)
            if state is not SchemaState.BEHIND:
                return state
        # Another process may be migrating: MySQL shows each step immediately.
        while True:
            with suppress(Overtaken):
                async with self._changing() as connection:
                    return await connection.run_sync(self._state)

    def history(self) -> Sequence[Migration]:
        return tuple(map(_migration, self._scripts))

    async def plan(self, target: str) -> Sequence[Step]:
        async with self._connected() as connection:
            return await connection.run_sync(self._plan, target)

    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        while True:
            with suppress(Overtaken):
                async with self._changing() as connection:
                    return await connection.run_sync(self._migrate, target, allow_data_loss)

    async def differences(self) -> Sequence[str]:
        async with self._connected() as connection:
            state = await connection.run_sync(self._state)
            if state is SchemaState.CURRENT:
                return await connection.run_sync(find_differences)
            if state is SchemaState.AHEAD:
                return differences_ahead(await connection.run_sync(revision_at))
            return ()  # the tables of an older revision are no longer known

    async def contents(self) -> Sequence[str]:
        if self._engine.dialect.name == "sqlite":
            return names_in_file(self._url, self._engine.url.database or "")
        async with self._connected() as connection:
            return await connection.run_sync(_contents)

    async def server(self) -> str:
        async with self._connected() as connection:
            return str(await connection.scalar(text(_SERVER[self._engine.dialect.name])))

    async def erase(self) -> None:
        await self.migrate("base", allow_data_loss=True)
        if self._engine.dialect.name == "sqlite":
            await self._engine.dispose()
            delete_if_empty(self._url, self._engine.url.database or "")

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading. It does not create a missing file."""
        if self._engine.dialect.name == "sqlite" and can_be_created(self._engine.url.database or ""):
            blank = empty_engine()
            try:
                async with blank.connect() as connection:
                    yield connection
            finally:
                await blank.dispose()
            return
        await reach(self._engine, self._url, timeout=self._timeout)
        with _busy_on_fault():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[AsyncConnection]:
        await reach(self._engine, self._url, timeout=self._timeout)
        with _busy_on_fault():
            async with exclusive(self._engine) as connection:
                yield connection

    def _state(self, connection: Connection) -> SchemaState:
        if is_partly_created(connection):
            return SchemaState.EMPTY
        revision = revision_at(connection)
        if revision is None:
            require_no_tables(connection)
            return SchemaState.EMPTY
        return state_at(revision, self.history())

    def _plan(self, connection: Connection, target: str) -> Sequence[Step]:
        here, there = find_place(target, finished_revision(connection), self.history())
        upward = there > here
        scripts = self._scripts[here:there] if upward else self._scripts[there:here][::-1]
        # An empty database has nothing to lose.
        losses = find_losses(connection, scripts, upward=upward) if here else [()] * len(scripts)
        return tuple(
            Step(_migration(script), upward, loses) for script, loses in zip(scripts, losses, strict=True)
        )

    def _migrate(self, connection: Connection, target: str, allow_data_loss: bool) -> Sequence[Step]:
        steps = self._plan(connection, target)
        if not allow_data_loss:
            require_no_loss(steps)
        self._config.attributes["connection"] = connection
        is_new = bool(steps) and steps[0].upward and finished_revision(connection) is None
        with creating_schema(connection) if is_new else nullcontext():
            self._run(steps)
        if steps and not steps[-1].upward and revision_at(connection) is None:
            connection.execute(text(f"DROP TABLE {OPTIONS['version_table']}"))
        return steps

    def _run(self, steps: Sequence[Step]) -> None:
        try:
            self._run_scripts(steps)
        except Exception as error:
            if not is_done_already(error):
                raise
            raise SchemaMismatch(
                "Part of this migration has already been applied: either an earlier run was interrupted,"
                " which MySQL cannot roll back, or the schema was altered by hand. Restore the backup that"
                " was made before it, and migrate again."
            ) from error

    def _run_scripts(self, steps: Sequence[Step]) -> None:
        if steps and steps[-1].upward:
            command.upgrade(self._config, steps[-1].migration.revision)
        elif steps:
            command.downgrade(self._config, f"-{len(steps)}")


def _contents(connection: Connection) -> Sequence[str]:
    """Return the names of tables and views; on PostgreSQL, of all schemas."""
    inspector = inspect(connection)
    schemas: Sequence[str | None] = [None]
    if connection.dialect.name == "postgresql":
        schemas = [name for name in inspector.get_schema_names() if name != "information_schema"]
    return sorted(
        name
        for schema in schemas
        for name in (*inspector.get_table_names(schema), *inspector.get_view_names(schema))
    )


@contextmanager
def _busy_on_fault() -> Iterator[None]:
    """Turn database faults into Busy with the message of the database, which the operator needs to see."""
    try:
        yield
    except Exception as error:
        if fault_of(error) is None:
            raise
        raise Busy(f"The database refused the migration: {reason_of(error)}") from error


def _migration(script: Script) -> Migration:
    return Migration(script.revision, script.doc)
