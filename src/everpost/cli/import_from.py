"""`everpost import --from`: what another system has, added to the blog."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import typer

from everpost.cli.console.progress import showing_progress
from everpost.cli.stores.transfer_stores import open_blog
from everpost.errors import BrokenFile, Misconfigured
from everpost.settings import Settings
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from, system_named
from everpost.transfer.importers.reports.import_report import ImportReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWishes:
    """The options of the command line."""

    system: str
    site: str | None
    pages: bool
    match: str | None
    timezone: str | None
    language: str | None
    report: Path | None
    skip_unreadable: bool
    is_dry_run: bool


def import_from_elsewhere(settings: Settings, path: str, wishes: ImportWishes) -> None:
    """Import, and print the report, also where the import breaks off."""
    system_named(wishes.system)  # before a database is opened, which SQLite would create
    if wishes.report is not None:
        _require_place(wishes.report)
    with ImportReport() as report:
        try:
            asyncio.run(_import(settings, Path(path), wishes, report))
        finally:
            if wishes.report is not None:
                _save(report, wishes.report)
            for line in report.text():
                typer.echo(line)
    if wishes.is_dry_run:
        typer.echo("Nothing was written.")


async def _import(settings: Settings, path: Path, wishes: ImportWishes, report: ImportReport) -> None:
    said = ImportOptions(
        site=wishes.site,
        pages=wishes.pages,
        match=wishes.match,
        timezone=None if wishes.timezone is None else zone_named(wishes.timezone),
        language=wishes.language,
    )
    async with open_blog(settings, is_dry_run=wishes.is_dry_run) as store:
        with showing_progress() as show:
            run = ImportContext(
                report=report,
                dry_run=wishes.is_dry_run,
                skip_unreadable=wishes.skip_unreadable,
                progress=lambda done, total: show("Importing", done, total),
            )
            await import_from(wishes.system, path, store, said, run)


def _require_place(report: Path) -> None:
    """Misconfigured: the report could not be written, which is better known before the import."""
    if report.is_dir():
        raise Misconfigured(f"--report {report}: is a folder; name a file")
    if not os.access(report if report.exists() else report.parent, os.W_OK):
        raise Misconfigured(f"--report {report}: cannot be written")


def _save(report: ImportReport, path: Path) -> None:
    try:
        report.save(path)
    except OSError as error:
        raise BrokenFile(str(path), "", f"cannot be written: {error.strerror or error}") from error
