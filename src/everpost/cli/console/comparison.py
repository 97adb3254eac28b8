"""The printed comparison of two blogs."""

import typer

from everpost.domain.record_kinds.registry import KINDS
from everpost.transfer.copy.digests import BlogDigest
from everpost.transfer.copy.sync import Comparison


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
        line = f"  {kind.plural:<14} {digest.counts[kind.name]:>11,}  {digest.kinds[kind.name]}"
        typer.echo(line, err=to_errors)
    typer.echo(f"  {'all':<14} {sum(digest.counts.values()):>11,}  {digest.whole}", err=to_errors)


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
