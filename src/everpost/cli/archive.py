"""`everpost export` and `everpost import`."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from everpost.cli.allocation import expect_many_records
from everpost.cli.console.comparison import (
    LEFT_OUT,
    describe_work,
    print_comparison,
    print_digest,
    print_files,
    print_survey,
)
from everpost.cli.console.progress import showing_progress
from everpost.cli.stores.transfer_stores import inspect_target, open_source, open_target
from everpost.errors import Misconfigured
from everpost.settings import Settings, read_settings
from everpost.transfer.archive.checker import CheckedArchive, check
from everpost.transfer.archive.media_reader import ArchivedBytes
from everpost.transfer.archive.reader import PIPE, Archive, open_archive
from everpost.transfer.archive.writer import Exported
from everpost.transfer.archive.writer import export as export_archive
from everpost.transfer.copy import operations
from everpost.transfer.exporters.markdown import ExportedFolder, export_markdown
from everpost.transfer.media.copies import Route, survey_files
from everpost.transfer.media.file_list import FileList

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
_WithoutMedia = Annotated[
    bool, typer.Option("--without-media", help="Leave out the bytes of files, but not their records.")
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
    without_media: _WithoutMedia = False,
) -> None:
    """Export a consistent snapshot of the blog in EVERPOST_DATABASE_URL to one file.

    The exit status is 0 only if the bytes of all files were exported, too.
    """
    settings = read_settings()
    expect_many_records()
    if to is None:
        if not overwrite and path != PIPE and Path(path).is_file():
            raise Misconfigured(f"{path}: the file exists. Choose another name, or use --overwrite.")
        exported = asyncio.run(_export(settings, path, overwrite=overwrite, without_media=without_media))
        _print_export(exported, path)
        if exported.files is not None and exported.files.faults:
            raise typer.Exit(1)
    elif without_media:
        raise Misconfigured("--without-media cannot be combined with --to: a folder never contains files.")
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
    without_media: _WithoutMedia = False,
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
    if without_media and from_ is not None:
        raise Misconfigured("--without-media is for archives: it cannot be combined with --from.")
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
        raise Misconfigured("Without --from, the only available options are --dry-run and --without-media.")
    elif not _import_archive(settings, path, dry_run=dry_run, without_media=without_media):
        raise typer.Exit(1)


async def _export(settings: Settings, path: str, *, overwrite: bool, without_media: bool) -> Exported:
    async with open_source(settings.database_url, settings, media_url=settings.media_url) as store:
        with showing_progress() as show:
            media = None if without_media else store.media_bytes
            return await export_archive(store.records, path, show, media=media, overwrite=overwrite)


def _print_export(exported: Exported, path: str) -> None:
    """Print what was exported; on standard error, if the archive is on standard output."""
    to_errors = path == PIPE
    typer.echo(f"Exported to {'standard output' if path == PIPE else path}:", err=to_errors)
    print_digest(exported.digest, to_errors=to_errors)
    if exported.files is None:
        typer.echo(LEFT_OUT, err=to_errors)
    else:
        print_files(exported.files, "exported", to_errors=to_errors)


async def _export_markdown(settings: Settings, folder: Path) -> ExportedFolder:
    async with (
        open_source(settings.database_url, settings) as store,
        store.records.snapshot() as snapshot,
    ):
        return await export_markdown(snapshot, folder)


def _import_archive(settings: Settings, path: str, *, dry_run: bool, without_media: bool) -> bool:
    """Import an archive. Returns whether the database matches it at the end."""
    with open_archive(path) as archive:
        with showing_progress() as show:
            checked = check(archive, show)
        if checked.files is None and not without_media:
            typer.echo("The archive was written without the bytes of files.")
        has_bytes = not without_media and checked.files is not None
        if dry_run:
            asyncio.run(_dry_run(settings, archive, checked, has_bytes=has_bytes))
            return True
        return asyncio.run(_write_archive(settings, archive, checked, has_bytes=has_bytes))


async def _dry_run(settings: Settings, archive: Archive, checked: CheckedArchive, *, has_bytes: bool) -> None:
    with closing(FileList()) as files:
        async with inspect_target(settings.database_url, settings, media_url=settings.media_url) as store:
            records = None if store is None else store.records
            with showing_progress() as show:
                survey = await operations.rehearse(archive, records, show, origin=checked.origin, files=files)
            if has_bytes:
                place = None if store is None else store.media_bytes
                print_files(await survey_files(files, place), "to copy")
    print_survey(survey)


async def _write_archive(
    settings: Settings, archive: Archive, checked: CheckedArchive, *, has_bytes: bool
) -> bool:
    async with open_target(settings.database_url, settings, media_url=settings.media_url) as store:
        with showing_progress() as show, closing(ArchivedBytes(archive)) as media:
            copied = await operations.copy(
                archive,
                store.records,
                show,
                origin=checked.origin,
                digest=checked.digest.whole,
                route=Route(media, store.media_bytes) if has_bytes else None,
            )
    typer.echo(describe_work(copied.before))
    if copied.files is None:
        typer.echo(LEFT_OUT)
    else:
        print_files(copied.files, "imported")
    print_comparison(copied.after or copied.before)
    is_right = copied.agrees and copied.before.source.whole == checked.digest.whole
    typer.echo("The database matches the archive." if is_right else "The database differs from the archive.")
    return is_right and copied.has_all_files
