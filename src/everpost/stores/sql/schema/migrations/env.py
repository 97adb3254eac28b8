"""Alembic's entry point, for its own command and for `SqlSchema`, which passes a connection."""

import asyncio

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from everpost.settings import Settings
from everpost.stores.sql.engine import make_engine
from everpost.stores.sql.model.passkeys import METADATA
from everpost.stores.sql.schema.initial_creation import OPTIONS
from everpost.stores.sql.schema.locks import exclusive


def number(_context: MigrationContext, _revisions: object, scripts: list[MigrationScript]) -> None:
    """Number revisions consecutively: 0001, 0002 and so on."""
    known = context.script.get_heads()
    for script in scripts:
        script.rev_id = f"{int(max(known, default='0')) + 1:04}"


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        user_module_prefix="types.",
        process_revision_directives=number,
        **OPTIONS,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_configured_database() -> None:
    settings = Settings()
    engine = make_engine(settings.database_url, timeout=settings.database_timeout, pool_size=1)
    try:
        async with exclusive(engine) as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Everpost's migrations need a database: leave out --sql.")
if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(migrate_configured_database())
