"""`everpost import --from`: adds the content of another system to the blog."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import typer

from everpost.cli.console.progress import showing_progress
from everpost.cli.console.report_files import require_writable
from everpost.cli.stores.transfer_stores import open_blog
from everpost.errors import BrokenFile
from everpost.settings import Settings
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from, system_named
from everpost.transfer.importers.reports.import_report import ImportReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """The options on the command line."""

    system: str
    site: str | None
    pages: bool | None
    match: str | None
    timezone: str | None
    language: str | None
    report: Path | None
    overwrite: bool
    """Whether the report may replace a file."""
    skip_unreadable: bool
    is_dry_run: bool


def import_from_system(settings: Settings, path: str, options: CommandOptions) -> None:
    """Import, and print the report, also if the import fails."""
    system_named(options.system)  # before opening the database, which would create an SQLite file
    if options.report is not None:
        require_writable(options.report, overwrite=options.overwrite)
    with ImportReport() as report:
        try:
            asyncio.run(_import(settings, Path(path), options, report))
        finally:
            if options.report is not None:
                _save(report, options.report, overwrite=options.overwrite)
            for line in report.text():
                typer.echo(line)
    if options.is_dry_run:
        typer.echo("Nothing was written.")


async def _import(settings: Settings, path: Path, options: CommandOptions, report: ImportReport) -> None:
    import_options = ImportOptions(
        site=options.site,
        pages=options.pages,
        match=options.match,
        timezone=None if options.timezone is None else zone_named(options.timezone),
        language=options.language,
    )
    async with open_blog(settings, is_dry_run=options.is_dry_run) as store:
        with showing_progress() as show:
            run = ImportContext(
                report=report,
                dry_run=options.is_dry_run,
                skip_unreadable=options.skip_unreadable,
                progress=lambda done, total: show("Importing", done, total),
            )
            await import_from(options.system, path, store, import_options, run)


def _save(report: ImportReport, path: Path, *, overwrite: bool) -> None:
    try:
        report.save(path, overwrite=overwrite)
    except OSError as error:
        raise BrokenFile(str(path), "", f"cannot be written: {error.strerror or error}") from error
