"""`everpost copy` and `everpost verify`: copies a whole blog to another database."""

import asyncio
from typing import Annotated

import typer

from everpost.cli.allocation import expect_many_records
from everpost.cli.console.comparison import describe_work, print_comparison, print_survey
from everpost.cli.console.progress import showing_progress
from everpost.cli.stores.transfer_stores import URL_FORMS, inspect_target, open_source, open_target
from everpost.errors import Misconfigured
from everpost.settings import Settings, read_database_url, read_settings
from everpost.stores.addresses import describe_url
from everpost.stores.port import Store
from everpost.transfer.copy import operations
from everpost.transfer.copy.operations import CopyResult, Progress
from everpost.transfer.copy.origins import origin_of

FOLLOW_EVERY = 2.0
"""Seconds between two passes with `--follow`."""

_SOURCE, _TARGET = "SOURCE_URL", "TARGET_URL"
SourceUrl = Annotated[
    str,
    typer.Argument(metavar=_SOURCE, help=f"The source database: {URL_FORMS}.", show_default=False),
]
TargetUrl = Annotated[
    str,
    typer.Argument(metavar=_TARGET, help=f"The target database: {URL_FORMS}.", show_default=False),
]


def copy(
    source_url: SourceUrl,
    target_url: TargetUrl,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count everything, but write nothing.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Repeat until the source no longer changes during the copy.")
    ] = False,
) -> None:
    """Copy a blog into an empty database, then read both databases and compare them.

    Run the same command again to resume an interrupted copy, or to copy later
    changes as well. The exit status is 0 only if both databases match.

    Pass a URL with a password as env:NAME or file:PATH: command-line arguments
    are visible to other users of the machine.
    """
    source_url, target_url = map(read_database_url, (source_url, target_url))
    settings = _settings_for(source_url, target_url)
    expect_many_records()
    typer.echo(f"{describe_url(source_url)} to {describe_url(target_url)}")
    if dry_run:
        asyncio.run(_dry_run(source_url, target_url, settings))
    elif not asyncio.run(_copy(source_url, target_url, settings, follow=follow)):
        raise typer.Exit(1)


def verify(source_url: SourceUrl, target_url: TargetUrl) -> None:
    """Compare every record of two databases.

    The exit status is 0 only if all records match.

    Pass a URL with a password as env:NAME or file:PATH: command-line arguments
    are visible to other users of the machine.
    """
    source_url, target_url = map(read_database_url, (source_url, target_url))
    settings = _settings_for(source_url, target_url)
    expect_many_records()

    async def run() -> bool:
        async with (
            open_source(source_url, settings, _SOURCE) as source,
            open_source(target_url, settings, _TARGET) as target,
        ):
            with showing_progress() as report:
                comparison = await operations.verify(source.records, target.records, report)
        print_comparison(comparison)
        return comparison.is_equal

    if not asyncio.run(run()):
        raise typer.Exit(1)
    typer.echo("The databases match.")


async def _dry_run(source_url: str, target_url: str, settings: Settings) -> None:
    async with (
        open_source(source_url, settings, _SOURCE) as source,
        inspect_target(target_url, settings, _TARGET) as target,
    ):
        with showing_progress() as report:
            survey = await operations.rehearse(
                source.records,
                None if target is None else target.records,
                report,
                origin=origin_of(await source.blog.get()),
            )
    print_survey(survey)


async def _copy(source_url: str, target_url: str, settings: Settings, *, follow: bool) -> bool:
    """Copy, and return whether the databases match at the end."""
    async with (
        open_source(source_url, settings, _SOURCE) as source,
        open_target(target_url, settings, _TARGET) as target,
    ):
        origin = origin_of(await source.blog.get())
        with showing_progress() as report:
            copied = await _pass(source, target, report, origin)
            while follow and copied.is_complete and not copied.agrees:
                await asyncio.sleep(FOLLOW_EVERY)
                copied = await _pass(source, target, report, origin)
    print_comparison(copied.after or copied.before)
    typer.echo(_verdict(copied, follow=follow))
    return copied.agrees


async def _pass(source: Store, target: Store, report: Progress, origin: str) -> CopyResult:
    copied = await operations.copy(source.records, target.records, report, origin=origin)
    typer.echo(describe_work(copied.before))
    return copied


def _verdict(copied: CopyResult, *, follow: bool) -> str:
    if not copied.is_complete:
        return (
            "The target differs from what was copied: another process is writing to it, or a database is"
            " faulty. The target is marked as unfinished."
        )
    if not copied.agrees:
        return (
            "The source has changed since the copy began, so the target has an older state of it."
            " Run the command again, or use --follow to repeat the copy until the source stops changing."
        )
    if follow:
        return (
            "The databases match. To switch, stop all writes to the source, run this command once more, and"
            " serve the target."
        )
    return "The databases match."


def _settings_for(source_url: str, target_url: str) -> Settings:
    if source_url == target_url:
        raise Misconfigured("The source and the target are the same database.")
    return read_settings()
