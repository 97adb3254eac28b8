"""`everpost export` and `everpost import`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from everpost.cli.allocation import expect_many_records
from everpost.cli.console.comparison import describe_work, print_comparison, print_digest, print_survey
from everpost.cli.console.progress import showing_progress
from everpost.cli.stores.transfer_stores import inspect_target, open_source, open_target
from everpost.errors import Misconfigured
from everpost.settings import Settings, read_settings
from everpost.transfer.archive.checker import CheckedArchive, check
from everpost.transfer.archive.reader import PIPE, Archive, open_archive
from everpost.transfer.archive.writer import export as export_archive
from everpost.transfer.copy import operations
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.exporters.markdown import ExportedFolder, export_markdown

_ImportPath = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="An Everpost archive, or - for standard input. With --from: a file or folder.",
        show_default=False,
    ),
]
_System = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="System to import from: wordpress, ghost, markdown, blogger, disqus, isso, remark42, commento.",
        metavar="SYSTEM",
    ),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and count everything, but write nothing.")]
_Site = Annotated[
    str | None, typer.Option(help="With --from: the URL of the site, if the file does not contain it.")
]
_Report = Annotated[
    Path | None, typer.Option(help="With --from: write a JSON report on every item to this file.")
]
_Overwrite = Annotated[bool, typer.Option("--overwrite", help="Let --report overwrite an existing file.")]
_Pages = Annotated[
    bool | None,
    typer.Option(
        "--pages/--no-pages",
        help="With --from: whether to import pages, such as About. Default: yes, but not from Markdown.",
        show_default=False,
    ),
]
_Match = Annotated[
    str | None,
    typer.Option(
        help="With --from: a regular expression that finds a post's slug or id in a thread's URL.",
        metavar="RULE",
    ),
]
_Timezone = Annotated[
    str | None,
    typer.Option(
        help="With --from: time zone of dates without an offset, such as Europe/Berlin.", metavar="ZONE"
    ),
]
_Language = Annotated[
    str | None, typer.Option(help="With --from: import only this language, such as fr.", metavar="CODE")
]
_SkipUnreadable = Annotated[
    bool, typer.Option("--skip-unreadable", help="With --from: skip and report unreadable items.")
]


def export(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Output file, compressed if its name ends in .gz or .zst; - for standard output.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(help="Set to markdown to write a folder of Markdown files instead of an archive."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite an existing archive.")] = False,
) -> None:
    """Export a consistent snapshot of the blog in EVERPOST_DATABASE_URL to one file."""
    settings = read_settings()
    expect_many_records()
    if to is None:
        if not overwrite and path != PIPE and Path(path).is_file():
            raise Misconfigured(f"{path}: the file exists. Choose another name, or use --overwrite.")
        digest = asyncio.run(_export(settings, path, overwrite=overwrite))
        typer.echo(f"Exported to {'standard output' if path == PIPE else path}:", err=path == PIPE)
        print_digest(digest, to_errors=path == PIPE)
    elif overwrite:
        raise Misconfigured("--overwrite cannot be combined with --to: a folder is never overwritten.")
    elif to == "markdown":
        folder = asyncio.run(_export_markdown(settings, Path(path)))
        typer.echo(f"Posts exported to {path}: {folder.posts:,}.")
        if folder.comments_left_out:
            typer.echo(
                f"Comments left out, because Markdown files cannot hold them: {folder.comments_left_out:,}."
            )
    else:
        raise Misconfigured(
            f"--to {to}: unknown format. Use --to markdown, or omit --to to write an archive."
        )


def import_(  # noqa: PLR0913, PLR0917 - they are the options of a command
    path: _ImportPath,
    from_: _System = None,
    dry_run: _DryRun = False,
    site: _Site = None,
    report: _Report = None,
    overwrite: _Overwrite = False,
    pages: _Pages = None,
    match: _Match = None,
    timezone: _Timezone = None,
    language: _Language = None,
    skip_unreadable: _SkipUnreadable = False,
) -> None:
    """Import a blog into the database in EVERPOST_DATABASE_URL.

    Without --from, the source is an Everpost archive and the database must be
    empty, or hold part of the same blog. With --from, the posts and comments of
    another system are added to the blog.

    The whole file is checked before anything is written. Run the same command
    again to resume an interrupted import: nothing is imported twice.
    """
    settings = read_settings()
    expect_many_records()
    if overwrite and report is None:
        raise Misconfigured("--overwrite needs --report: it lets the report overwrite an existing file.")
    if from_ is not None:
        from everpost.cli.import_from import CommandOptions, import_from_system

        options = CommandOptions(
            system=from_,
            site=site,
            pages=pages,
            match=match,
            timezone=timezone,
            language=language,
            report=report,
            overwrite=overwrite,
            skip_unreadable=skip_unreadable,
            is_dry_run=dry_run,
        )
        import_from_system(settings, path, options)
    elif skip_unreadable or {site, report, pages, match, timezone, language} != {None}:
        raise Misconfigured("Without --from, the only available option is --dry-run.")
    elif not _import_archive(settings, path, dry_run=dry_run):
        raise typer.Exit(1)


async def _export(settings: Settings, path: str, *, overwrite: bool) -> BlogDigest:
    async with open_source(settings.database_url, settings) as store:
        with showing_progress() as show:
            return await export_archive(
                store.records,
                path,
                lambda done, total: show("Exporting", done, total),
                overwrite=overwrite,
            )


async def _export_markdown(settings: Settings, folder: Path) -> ExportedFolder:
    async with (
        open_source(settings.database_url, settings) as store,
        store.records.snapshot() as snapshot,
    ):
        return await export_markdown(snapshot, folder)


def _import_archive(settings: Settings, path: str, *, dry_run: bool) -> bool:
    """Import an archive. Returns whether the database matches it at the end."""
    with open_archive(path) as archive:
        with showing_progress() as show:
            checked = check(archive, lambda done, total: show("Checking", done, total))
        if dry_run:
            asyncio.run(_dry_run(settings, archive, checked))
            return True
        return asyncio.run(_write_archive(settings, archive, checked))


async def _dry_run(settings: Settings, archive: Archive, checked: CheckedArchive) -> None:
    async with inspect_target(settings.database_url, settings) as store:
        records = None if store is None else store.records
        with showing_progress() as show:
            survey = await operations.rehearse(archive, records, show, origin=checked.origin)
    print_survey(survey)


async def _write_archive(settings: Settings, archive: Archive, checked: CheckedArchive) -> bool:
    async with open_target(settings.database_url, settings) as store:
        with showing_progress() as show:
            copied = await operations.copy(
                archive, store.records, show, origin=checked.origin, digest=checked.digest.whole
            )
    typer.echo(describe_work(copied.before))
    print_comparison(copied.after or copied.before)
    is_right = copied.agrees and copied.before.source.whole == checked.digest.whole
    typer.echo("The database matches the archive." if is_right else "The database differs from the archive.")
    return is_right
