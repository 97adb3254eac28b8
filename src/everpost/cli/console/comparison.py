"""The printed comparison of two blogs."""

import typer

from everpost.cli.console.sizes import size_text
from everpost.domain.record_kinds.registry import KINDS
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.sync import Comparison
from everpost.transfer.media.copies import FileReport


def print_comparison(comparison: Comparison) -> None:
    """Print the counts and digests of both (once, if they agree), and some of the records that differ."""
    if comparison.is_equal:
        print_digest(comparison.source)
        return
    typer.echo("Source:")
    print_digest(comparison.source)
    typer.echo("Target:")
    print_digest(comparison.target)
    different = comparison.kept + comparison.erased
    typer.echo(f"{different:,} record{' differs' if different == 1 else 's differ'}:")
    for example in comparison.examples:
        typer.echo(f"  {example}")
    if different > len(comparison.examples):
        typer.echo("  ...")


def print_digest(digest: BlogDigest, *, to_errors: bool = False) -> None:
    """Print a line for each kind of record, with the number of records and their digest."""
    for kind in KINDS:
        line = f"  {kind.plural:<16} {digest.counts[kind.name]:>11,}  {digest.kinds[kind.name]}"
        typer.echo(line, err=to_errors)
    typer.echo(f"  {'all':<16} {sum(digest.counts.values()):>11,}  {digest.whole}", err=to_errors)


def print_survey(survey: Comparison) -> None:
    """Print the contents of the source, and the changes that a copy would make."""
    print_digest(survey.source)
    typer.echo(
        f"Records to write: {survey.kept:,}; to delete: {survey.erased:,}; unchanged: {survey.same:,}."
        " Nothing was written."
    )


def describe_work(carried: Comparison) -> str:
    """The changes that were made, in one line."""
    return f"Records written: {carried.kept:,}; deleted: {carried.erased:,}; unchanged: {carried.same:,}."


LEFT_OUT = "The bytes of files were left out. Until you copy them, too, requests for files are answered 404."


def print_files(report: FileReport, done: str, *, to_errors: bool = False) -> None:
    """Print what was done with the bytes of files, and each file whose bytes are missing or damaged. Prints
    nothing for a blog without files.
    """
    if report.copied or report.same:
        line = f"Files {done}: {report.copied:,} ({size_text(report.copied_size)})"
        unchanged = f"; unchanged: {report.same:,}." if report.same else "."
        typer.echo(line + unchanged, err=to_errors)
    print_faults(report, to_errors=to_errors)


def print_faults(report: FileReport, where: str = "in the source", *, to_errors: bool = False) -> None:
    """Print each file whose bytes are missing or damaged."""
    if not report.faults:
        return
    number = f"{report.faults:,} file{'' if report.faults == 1 else 's'}"
    typer.echo(f"{number} without valid bytes {where}:", err=to_errors)
    for fault in report.examples:
        typer.echo(f"  {fault}", err=to_errors)
    if report.faults > len(report.examples):
        typer.echo("  ...", err=to_errors)
