"""How results are told, on a terminal and in a report."""

from everpost.benchmark.results import Measured, Results

LEGEND = (
    "Requests a second; below, the milliseconds that 50, 95 and 99 of 100 requests took at most: medians of"
    " the rounds. * is the fastest; several are where their rounds overlap. No request failed."
)


def rate(measured: Measured, *, is_fastest: bool) -> str:
    """Requests a second."""
    return f"{measured.median.rate:,.0f}{' *' if is_fastest else ''}"


def latencies(measured: Measured) -> str:
    """The three of them."""
    median = measured.median
    return " / ".join(map(milliseconds, (median.p50, median.p95, median.p99)))


def milliseconds(value: float) -> str:
    """Three digits that mean something."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{places}f}"


def load(results: Results) -> str:
    """What was asked of each database."""
    size = results.size
    return (
        f"{size.posts:,} posts with {size.comments:,} comments each; {results.connections:,} requests under"
        f" way at once; {results.seconds:g} s for each operation, in {results.rounds} rounds"
    )
