"""`everpost copy` and `everpost verify`: copies a whole blog to another database."""

import asyncio
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from typing import Annotated

import typer

from everpost.cli.allocation import expect_many_records
from everpost.cli.console.comparison import (
    LEFT_OUT,
    describe_work,
    print_comparison,
    print_faults,
    print_files,
    print_survey,
)
from everpost.cli.console.progress import showing_progress
from everpost.cli.stores.transfer_stores import URL_FORMS, inspect_target, open_source, open_target
from everpost.errors import Misconfigured
from everpost.settings import Settings, read_database_url, read_settings
from everpost.stores.addresses import describe_url
from everpost.stores.port import Store
from everpost.transfer.copy import operations
from everpost.transfer.copy.operations import CopyResult, Progress
from everpost.transfer.copy.origins import origin_of
from everpost.transfer.media.comparison import Side
from everpost.transfer.media.copies import Route, survey_files
from everpost.transfer.media.file_list import FileList

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
_FromMedia = Annotated[
    str | None,
    typer.Option(
        "--from-media",
        metavar="URL",
        help="The place of the bytes of files of the source, if it is not the database.",
        show_default=False,
    ),
]
_ToMedia = Annotated[
    str | None,
    typer.Option(
        "--to-media",
        metavar="URL",
        help="The place of the bytes of files of the target, if it is not the database.",
        show_default=False,
    ),
]
_WithoutMedia = Annotated[
    bool, typer.Option("--without-media", help="Leave out the bytes of files, but not their records.")
]


@dataclass(frozen=True, slots=True)
class _Ends:
    """The two databases of a command, and the places of their files."""

    source_url: str
    target_url: str
    source_media: str
    target_media: str
    without_media: bool
    settings: Settings

    def open_source(self) -> AbstractAsyncContextManager[Store]:
        return open_source(self.source_url, self.settings, _SOURCE, media_url=self.source_media)

    def open_written(self) -> AbstractAsyncContextManager[Store]:
        """The target, opened as a blog that is complete and only read."""
        return open_source(self.target_url, self.settings, _TARGET, media_url=self.target_media)

    def inspect_target(self) -> AbstractAsyncContextManager[Store | None]:
        return inspect_target(self.target_url, self.settings, _TARGET, media_url=self.target_media)

    def open_target(self) -> AbstractAsyncContextManager[Store]:
        return open_target(self.target_url, self.settings, _TARGET, media_url=self.target_media)


def copy(  # noqa: PLR0913, PLR0917 - they are the options of a command
    source_url: SourceUrl,
    target_url: TargetUrl,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count everything, but write nothing.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Repeat until the source no longer changes during the copy.")
    ] = False,
    from_media: _FromMedia = None,
    to_media: _ToMedia = None,
    without_media: _WithoutMedia = False,
) -> None:
    """Copy a blog into an empty database, then read both databases and compare them.

    Run the same command again to resume an interrupted copy, or to copy later
    changes as well. The exit status is 0 only if both databases match, and the
    bytes of all files were copied.

    Pass a URL with a password as env:NAME or file:PATH: command-line arguments
    are visible to other users of the machine.
    """
    ends = _read_ends(source_url, target_url, from_media, to_media, without_media=without_media)
    typer.echo(f"{describe_url(ends.source_url)} to {describe_url(ends.target_url)}")
    if dry_run:
        asyncio.run(_dry_run(ends))
    elif not asyncio.run(_copy(ends, follow=follow)):
        raise typer.Exit(1)


def verify(
    source_url: SourceUrl,
    target_url: TargetUrl,
    from_media: _FromMedia = None,
    to_media: _ToMedia = None,
    without_media: _WithoutMedia = False,
) -> None:
    """Compare every record of two databases, and the bytes of all files.

    The exit status is 0 only if all of them match.

    Pass a URL with a password as env:NAME or file:PATH: command-line arguments
    are visible to other users of the machine.
    """
    ends = _read_ends(source_url, target_url, from_media, to_media, without_media=without_media)
    if not asyncio.run(_verify(ends)):
        raise typer.Exit(1)
    typer.echo("The databases match.")


async def _verify(ends: _Ends) -> bool:
    with closing(FileList()) as ours, closing(FileList()) as theirs:
        async with ends.open_source() as source, ends.open_written() as target:
            with showing_progress() as report:
                comparison = await operations.verify(
                    source.records, target.records, report, files=(ours, theirs)
                )
                faults = None
                if not ends.without_media:
                    sides = Side(ours, source.media_bytes), Side(theirs, target.media_bytes)
                    faults = await operations.verify_files(*sides, report)
    print_comparison(comparison)
    if faults is None:
        typer.echo("The bytes of files were not compared.")
        return comparison.is_equal
    for found, where in zip(faults, ("in the source", "in the target"), strict=True):
        print_faults(found, where)
    return comparison.is_equal and not any(found.faults for found in faults)


async def _dry_run(ends: _Ends) -> None:
    with closing(FileList()) as files:
        async with ends.open_source() as source, ends.inspect_target() as target:
            with showing_progress() as report:
                survey = await operations.rehearse(
                    source.records,
                    None if target is None else target.records,
                    report,
                    origin=origin_of(await source.blog.get()),
                    files=files,
                )
            if not ends.without_media:
                place = None if target is None else target.media_bytes
                print_files(await survey_files(files, place), "to copy")
    print_survey(survey)


async def _copy(ends: _Ends, *, follow: bool) -> bool:
    """Copy, and return whether the databases match at the end."""
    async with ends.open_source() as source, ends.open_target() as target:
        origin = origin_of(await source.blog.get())
        route = None if ends.without_media else Route(source.media_bytes, target.media_bytes)
        with showing_progress() as report:
            copied = await _pass(source, target, report, origin, route)
            while follow and copied.is_complete and not copied.agrees:
                await asyncio.sleep(FOLLOW_EVERY)
                copied = await _pass(source, target, report, origin, route)
    print_comparison(copied.after or copied.before)
    typer.echo(_verdict(copied, follow=follow))
    return copied.agrees and copied.has_all_files


async def _pass(
    source: Store, target: Store, report: Progress, origin: str, route: Route | None
) -> CopyResult:
    copied = await operations.copy(source.records, target.records, report, origin=origin, route=route)
    typer.echo(describe_work(copied.before))
    if copied.files is None:
        typer.echo(LEFT_OUT)
    else:
        print_files(copied.files, "copied")
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
    if not copied.has_all_files:
        return (
            "The databases match, but the bytes of some files could not be copied. If they are in another"
            " place than the source database, name it with --from-media."
        )
    if follow:
        return (
            "The databases match. To switch, stop all writes to the source, run this command once more, and"
            " serve the target."
        )
    return "The databases match."


def _read_ends(
    source_url: str, target_url: str, from_media: str | None, to_media: str | None, *, without_media: bool
) -> _Ends:
    """The databases and places in the arguments. Raises Misconfigured."""
    source_url, target_url = map(read_database_url, (source_url, target_url))
    if source_url == target_url:
        raise Misconfigured("The source and the target are the same database.")
    if without_media and (from_media or to_media):
        raise Misconfigured("--without-media cannot be combined with --from-media or --to-media.")
    settings = read_settings()
    expect_many_records()
    return _Ends(source_url, target_url, from_media or "", to_media or "", without_media, settings)
