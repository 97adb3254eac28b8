"""Texts about results, for the terminal and for the report."""

from everpost.benchmark.results import Measured, Results

LEGEND = (
    "Requests per second; below them, the 50th, 95th and 99th percentiles of the latency in milliseconds. All"
    " are medians of the rounds. * marks the fastest, and any whose rounds overlap with it. No request"
    " failed."
)


def rate(measured: Measured, *, is_fastest: bool) -> str:
    """Requests per second, with a mark if they are the most."""
    return f"{measured.median.rate:,.0f}{' *' if is_fastest else ''}"


def latencies(measured: Measured) -> str:
    """The three percentiles of the latency, in milliseconds."""
    median = measured.median
    return " / ".join(map(milliseconds, (median.p50, median.p95, median.p99)))


def milliseconds(value: float) -> str:
    """The value with three significant digits."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{places}f}"


def load(results: Results) -> str:
    """The load on each database, in one line."""
    size = results.size
    return (
        f"{size.posts:,} posts with {size.comments:,} comments each; {results.connections:,} concurrent"
        f" requests; {results.seconds:g} s for each operation, in {results.rounds} rounds"
    )
