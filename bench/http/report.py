"""Results as Markdown tables and as plots."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.http.measurement import DISTANCE
from bench.http.operations import EVERPOST, LIMIT, OPERATIONS, REFERENCE, TUTORIAL
from bench.http.ratios import RATIOS, Ratio
from bench.http.results import Results, ServedFigures
from bench.pages import STORES, table
from everpost.benchmark.phrases import milliseconds
from everpost.benchmark.plots import Bar, draw_bars

DASH = "\N{EN DASH}"
SUBJECTS = {
    EVERPOST: "Everpost",
    REFERENCE: "Everpost on plain SQLAlchemy",
    TUTORIAL: "the tutorial's way",
    LIMIT: "the limit",
}
_LOOK = {
    "background": "white",
    "plot_background": "white",
    "colors": ("#2a6fa8", "#7fb3d9", "#c98f4a", "#b8c2cc"),
    "title_font_size": 16,
    "value_font_size": 12,
}


def render(results: Results, *, plots: str | None = None) -> str:
    """All results as Markdown; with the plots in a folder, if one is given."""
    return "\n".join(_parts(results, plots))


def _parts(results: Results, plots: str | None) -> Iterator[str]:
    yield (
        f"`{results.command}`, {results.rounds} rounds of {results.seconds} s, medians. {results.machine}. "
        f"{results.versions}.\n"
    )
    yield ratios_table(results)
    for key, times in results.crashes.items():
        kind, _, store = key.partition(" ")
        yield f"Meanwhile {SUBJECTS[kind]} crashed on {STORES[store]}, {times} x, and was started again.\n"
    for store in results.stores():
        yield f"### {STORES[store]}\n"
        yield figures_table(results, store)
    if results.distant:
        yield f"### With {DISTANCE * 1000:g} ms to the database\n"
        yield distance_table(results)
    yield "### Memory\n"
    yield memory_table(results)
    if plots is not None:
        yield "### Plots\n"
        yield from (f"![{OPERATIONS[name].title}]({plots}/{name}.svg)\n" for name in results.figures)


def ratios_table(results: Results) -> str:
    """The ratios, with their goals; those below the minimum are in bold."""
    stores = [store for store in STORES if store in results.stores()]
    rows = (
        [ratio.title, *(_cell(ratio, store, ratio.of(results, store)) for store in stores)]
        for ratio in RATIOS
        if any(ratio.of(results, store) is not None for store in stores)
    )
    return table(["at least / aim", *(STORES[store] for store in stores)], rows)


def _cell(ratio: Ratio, store: str, value: float | None) -> str:
    if value is None:
        return DASH
    goal = ratio.goals[store]
    cell = f"{ratio.written(value)} (at least {ratio.written(goal.least)} / aim {ratio.written(goal.aim)})"
    return f"**{cell}: too little**" if value < goal.least else cell


def figures_table(results: Results, store: str) -> str:
    """Every operation on every subject of one store."""
    head = [
        "operation",
        "whose",
        "Requests/s",
        "p50, ms",
        "p99, ms",
        "CPU, ms a request",
        "round trips",
    ]
    return table(head, _figures_rows(results, store), words=2)


def _figures_rows(results: Results, store: str) -> Iterator[Sequence[str]]:
    for name, by_subject in results.figures.items():
        trips = results.round_trips.get(name, {})
        for key, figures in by_subject.items():
            kind, _, of = key.partition(" ")
            if of == store or kind == LIMIT:
                yield [OPERATIONS[name].title, SUBJECTS[kind], *_written(figures), _trips(trips.get(key))]


def distance_table(results: Results) -> str:
    """Every operation that was measured with added latency, on every store."""
    rows = (
        [OPERATIONS[name].title, *_subject(key), *_written(figures)[:2]]
        for name, by_subject in results.distant.items()
        for key, figures in by_subject.items()
    )
    return table(["operation", "whose", "database", "Requests/s", "p50, ms"], rows, words=3)


def _subject(key: str) -> Sequence[str]:
    kind, _, store = key.partition(" ")
    return [SUBJECTS[kind], STORES.get(store, DASH)]


def _written(figures: ServedFigures) -> Sequence[str]:
    rate, cpu = f"{figures.rate:,.0f}", f"{figures.cpu:.3f}"
    return [rate, milliseconds(figures.p50), milliseconds(figures.p99), cpu]


def _trips(count: float | None) -> str:
    return DASH if count is None else f"{count:.1f}".removesuffix(".0")


def memory_table(results: Results) -> str:
    """The memory of the serving processes, at the end."""
    rows = ([*_subject(key), f"{megabytes:.0f}"] for key, megabytes in results.megabytes.items())
    return table(["whose", "database", "resident memory, MB"], rows, words=2)


def write_plots(results: Results, folder: Path) -> None:
    """Write a plot for each measured operation, to a file with its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, by_subject in results.figures.items():
        (folder / f"{name}.svg").write_text(_draw(name, by_subject, results.stores()) + "\n")


def _draw(name: str, by_subject: Mapping[str, ServedFigures], stores: Sequence[str]) -> str:
    """Requests per second: a group for each store, a bar for each subject."""
    series = {}
    for kind, title in SUBJECTS.items():
        keys = [kind if kind == LIMIT else f"{kind} {store}" for store in stores]
        rates = [by_subject[key].rate if key in by_subject else None for key in keys]
        if any(rates):
            series[title] = rates
    return draw_bars(
        Bar,
        [STORES[store] for store in stores],
        series,
        value_formatter=lambda value: f"{value:,.0f}",
        look=_LOOK,
        name=name,
        title=f"{OPERATIONS[name].title}, Requests/s",
        width=800,
        height=340,
        print_values_position="top",
    )
