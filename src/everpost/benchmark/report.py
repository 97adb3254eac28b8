"""The report: one self-contained HTML file."""

from collections.abc import Iterator, Sequence
from html import escape

from everpost.benchmark import phrases
from everpost.benchmark.machine import describe_machine
from everpost.benchmark.operations import Operation
from everpost.benchmark.plots import draw_latencies
from everpost.benchmark.results import Measured, Results

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #ddd; padding: .4rem .8rem; text-align: left; vertical-align: top }
thead th, dd { overflow-wrap: anywhere }
td { font-variant-numeric: tabular-nums }
small { color: #555; display: block; font-weight: normal }
dl { display: grid; grid-template-columns: max-content auto; gap: .2rem 1rem }
dt { font-weight: 600 }
dd { margin: 0 }
figure { margin: 2rem 0 }
figcaption { font-weight: 600 }
svg { width: 100%; height: auto }
"""

_MEANING = (
    "One process called the application directly, without a network or an HTTP server: a served blog answers "
    "fewer requests per second. Compare the databases with each other, and expect different numbers on other "
    "machines. Differences that are smaller than those between two rounds are not significant."
)


def render_report(results: Results) -> str:
    """The page as HTML that is also well-formed XML."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8"/><title>everpost bench</title>'
    yield f"<style>{_STYLE}</style></head><body>"
    yield "<h1>Which database suits this blog?</h1>"
    yield f"<p>{escape(results.verdict())}</p>"
    yield f"<p>{escape(_MEANING)}</p>"
    yield from _table(results)
    yield f"<p><small>{escape(phrases.LEGEND)}</small></p>"
    yield from _facts(results)
    yield "<h2>Latency</h2>"
    for operation, columns in results.measured.items():
        yield from _plot(operation, columns, results)
    yield "</body></html>"


def _table(results: Results) -> Iterator[str]:
    heads = (
        f"<th>{escape(database.name)}<small>{escape(database.server)}</small></th>"
        for database in results.databases
    )
    yield f"<table><thead><tr><th>Requests/s</th>{''.join(heads)}</tr></thead><tbody>"
    for operation, columns in results.measured.items():
        fastest = results.fastest(operation)
        cells = (_cell(each, is_fastest=place in fastest) for place, each in enumerate(columns))
        yield f"<tr><th>{escape(operation.name)}</th>{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _cell(measured: Measured, *, is_fastest: bool) -> str:
    rate = escape(phrases.rate(measured, is_fastest=is_fastest))
    slowest, fastest = measured.rates
    return (
        f"<td>{f'<strong>{rate}</strong>' if is_fastest else rate}"
        f"<small>{slowest:,.0f} to {fastest:,.0f}</small>"
        f"<small>{escape(phrases.latencies(measured))} ms</small></td>"
    )


def _facts(results: Results) -> Iterator[str]:
    facts = {
        "measured": f"{results.ended_at:%Y-%m-%d %H:%M} UTC",
        "load": phrases.load(results),
        **describe_machine(),
    }
    entries = (f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items())
    yield f"<dl>{''.join(entries)}</dl>"


def _plot(operation: Operation, columns: Sequence[Measured], results: Results) -> Iterator[str]:
    medians = [each.median for each in columns]
    plot = draw_latencies(
        [database.name for database in results.databases],
        [each.p50 for each in medians],
        [each.p99 for each in medians],
    )
    yield f"<figure><figcaption>{escape(operation.name)}, in milliseconds</figcaption>{plot}</figure>"
