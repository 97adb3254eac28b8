"""`everpost db`: the schema of the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar

import typer

from everpost.cli.stores.transport_warnings import warn_if_unverified
from everpost.errors import SchemaMismatch
from everpost.settings import Settings, read_settings
from everpost.stores import initiate_replica_set, open_schema
from everpost.stores.addresses import describe_url
from everpost.stores.schema import Migration, Schema, SchemaState, Step

db = typer.Typer(
    help="Manage the schema of the database in EVERPOST_DATABASE_URL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Result = TypeVar("Result")
AllowDataLoss = Annotated[
    bool, typer.Option("--allow-data-loss", help="Allow steps that drop tables or columns that hold data.")
]


@db.command()
def upgrade(
    target: Annotated[
        str, typer.Argument(help="The revision to upgrade to, or head for the latest.")
    ] = "head",
    allow_data_loss: AllowDataLoss = False,
) -> None:
    """Upgrade the schema, after printing the steps."""
    _migrate(target, upward=True, allow_data_loss=allow_data_loss)


@db.command(context_settings={"ignore_unknown_options": True})  # otherwise -1 would be parsed as an option
def downgrade(
    target: Annotated[
        str,
        typer.Argument(
            help="The revision to downgrade to; -1 for the previous one; base for an empty database."
        ),
    ] = "-1",
    allow_data_loss: AllowDataLoss = False,
) -> None:
    """Downgrade the schema, after printing the steps."""
    _migrate(target, upward=False, allow_data_loss=allow_data_loss)


@db.command()
def current() -> None:
    """Print the current revision of the database."""

    async def ask(schema: Schema) -> tuple[str | None, SchemaState]:
        return await schema.current(), await schema.state()

    revision, state = _with_schema(read_settings(), ask)
    typer.echo(f"{revision or 'none'} ({state.value})")


@db.command()
def history() -> None:
    """Print all revisions, oldest first."""

    async def ask(schema: Schema) -> Sequence[Migration]:
        return schema.history()

    for migration in _with_schema(read_settings(), ask):
        typer.echo(f"{migration.revision}  {migration.title}")


@db.command()
def check() -> None:
    """Check the schema; exit with status 1 if it is not what this version of Everpost expects."""

    async def ask(schema: Schema) -> tuple[SchemaState, Sequence[str]]:
        return await schema.state(), await schema.differences()

    state, differences = _with_schema(read_settings(), ask)
    hint = " Run: everpost db upgrade" if state is SchemaState.EMPTY else ""
    typer.echo(f"The schema is {state.value}.{hint}")
    for difference in differences:
        typer.echo(f"  {difference}")
    if state is not SchemaState.CURRENT or differences:
        raise typer.Exit(1)


@db.command()
def init_replica_set() -> None:
    """Initiate a MongoDB replica set of the servers in EVERPOST_DATABASE_URL, unless they already are one.

    Start the servers with --replSet first. The URL must name each member by an
    address at which the other members can reach it.
    """
    settings = read_settings()
    typer.echo(asyncio.run(initiate_replica_set(settings.database_url, timeout=settings.database_timeout)))


def _migrate(target: str, *, upward: bool, allow_data_loss: bool) -> None:
    settings = read_settings()

    async def plan_and_take(schema: Schema) -> None:
        plan = await schema.plan(target)
        typer.echo(f"{describe_url(settings.database_url)} to {target}:{'' if plan else ' nothing to do'}")
        for step in plan:
            typer.echo(_describe(step))
        if any(step.upward is not upward for step in plan):
            raise SchemaMismatch(
                f"Wrong direction. Run: everpost db {'downgrade' if upward else 'upgrade'} {target}"
            )
        if plan:
            await schema.migrate(target, allow_data_loss=allow_data_loss)
        revision = await schema.current()
        typer.echo(
            "The database is empty." if revision is None else f"The database is at revision {revision}."
        )

    _with_schema(settings, plan_and_take)


def _describe(step: Step) -> str:
    line = f"  {'up  ' if step.upward else 'down'}  {step.migration.revision}  {step.migration.title}"
    return "\n".join([line, *(f"        loses {loss}" for loss in step.loses)])


def _with_schema(settings: Settings, ask: Callable[[Schema], Awaitable[Result]]) -> Result:
    warn_if_unverified(settings.database_url)

    async def opened() -> Result:
        schema = open_schema(settings.database_url, timeout=settings.database_timeout)
        try:
            return await ask(schema)
        finally:
            await schema.close()

    return asyncio.run(opened())
