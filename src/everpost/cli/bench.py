"""`everpost bench`: measures which database suits a blog."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from everpost.benchmark import phrases
from everpost.benchmark.blog import Size
from everpost.benchmark.results import Results
from everpost.benchmark.runner import BenchmarkOptions, run
from everpost.cli.console.progress import showing_progress
from everpost.cli.console.report_files import require_writable
from everpost.cli.stores.transfer_stores import URL_FORMS
from everpost.cli.stores.transport_warnings import warn_if_unverified
from everpost.errors import Misconfigured
from everpost.services.security_events import keep_quiet
from everpost.settings import Settings, read_database_url, read_settings

_WIDE = 10_000
"""Columns, if the output is not a terminal, so that no line is wrapped."""


def bench(  # noqa: PLR0913, PLR0917 - they are the options of a command
    urls: Annotated[
        list[str],
        typer.Argument(
            metavar="URL...", help=f"Empty databases to measure, each {URL_FORMS}.", show_default=False
        ),
    ],
    posts: Annotated[int, typer.Option(min=1, max=1_000_000, help="Number of posts in the blog.")] = 1_000,
    comments: Annotated[int, typer.Option(min=0, max=10_000, help="Number of comments on each post.")] = 10,
    seconds: Annotated[
        float, typer.Option(min=0.01, max=3_600, help="Seconds per operation and database.")
    ] = 2.0,
    connections: Annotated[int, typer.Option(min=1, max=1_000, help="Number of concurrent requests.")] = 16,
    report: Annotated[Path, typer.Option(metavar="FILE", help="Output file of the HTML report.")] = Path(
        "everpost-bench.html"
    ),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite an existing report.")] = False,
) -> None:
    """Compare how fast empty databases serve the same blog.

    Loads a generated blog into each database, measures reads and writes through
    the application, and leaves every database empty again.

    Pass a URL with a password as env:NAME or file:PATH: command-line arguments
    are visible to other users of the machine.
    """
    require_writable(report, overwrite=overwrite)
    options = BenchmarkOptions(
        urls=list(map(read_database_url, urls)),
        size=Size(posts, comments),
        seconds=seconds,
        connections=connections,
    )
    for url in options.urls:
        warn_if_unverified(url)
    results = _run_until_signal(options, read_settings())
    _print(results)
    _save(results, report, overwrite=overwrite)
    typer.echo(f"Wrote the report to {report}.")


def _run_until_signal(options: BenchmarkOptions, settings: Settings) -> Results:
    """Run the benchmark. SIGINT or SIGTERM ends the measurement and cleans up; a second one ends at once."""
    received: list[signal.Signals] = []

    async def work() -> Results:
        keep_quiet()
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

        def stop(number: signal.Signals) -> None:
            received.append(number)
            if task is not None:
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # on Windows, where Control-C cancels it anyway
                loop.add_signal_handler(number, stop, number)
        return await run(options, settings, _say, showing_progress)

    try:
        # Unlike `serve`, not on uvloop: closing its loop after an interrupt was seen to hang.
        return asyncio.run(work())
    except asyncio.CancelledError:
        _say("Stopped.")
        raise typer.Exit(128 + received[-1]) from None


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _print(results: Results) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    table = Table(show_lines=True)
    table.add_column("Requests/s")
    for database in results.databases:
        table.add_column(Text(f"{database.name}\n{database.server}", overflow="fold"))
    for operation, columns in results.measured.items():
        fastest = results.fastest(operation)
        cells = (
            f"{phrases.rate(each, is_fastest=place in fastest)}\n{phrases.latencies(each)} ms"
            for place, each in enumerate(columns)
        )
        table.add_row(operation.name, *cells)
    console.print(table)
    for line in (phrases.LEGEND, f"{phrases.load(results)}.", results.verdict()):
        console.print(Text(line))


def _save(results: Results, report: Path, *, overwrite: bool) -> None:
    from everpost.benchmark.report import render_report  # importing pygal is slow

    try:
        how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
        with os.fdopen(os.open(report, how, 0o600), "w", encoding="utf-8") as file:
            file.write(render_report(results))
    except OSError as error:
        raise Misconfigured(f"--report {report}: the file cannot be written: {error.strerror}") from None
