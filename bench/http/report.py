"""Results as tables in Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from bench.http.measuring import DISTANCE
from bench.http.operations import LIMIT, OPERATIONS
from bench.http.ratios import RATIOS, Ratio
from bench.http.results import Figures, Results

STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB", "mongodb": "MongoDB"}
DASH = "\N{EN DASH}"
SUBJECTS = {
    "everpost": "Everpost",
    "reference": "Everpost on plain SQLAlchemy",
    "tutorial": "the tutorial's way",
    "limit": "the limit",
}


def render(results: Results, *, plots: str | None = None) -> str:
    """Everything that a run gave; with plots from that folder, where one is given."""
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


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """A table; its first columns are words, the others are figures."""
    lines = [head, [*["---"] * words, *["---:"] * (len(head) - words)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def ratios_table(results: Results) -> str:
    """What must be shown; what is under its least is in bold."""
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
    """Every operation on everybody at one store."""
    head = [
        "operation",
        "whose",
        "requests a second",
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
    return table(["operation", "whose", "database", "requests a second", "p50, ms"], rows, words=3)


def _subject(key: str) -> Sequence[str]:
    kind, _, store = key.partition(" ")
    return [SUBJECTS[kind], STORES.get(store, DASH)]


def _written(figures: Figures) -> Sequence[str]:
    return [f"{figures.rate:,.0f}", f"{figures.p50:.2f}", f"{figures.p99:.2f}", f"{figures.cpu:.3f}"]


def _trips(count: float | None) -> str:
    return DASH if count is None else f"{count:.1f}".removesuffix(".0")


def memory_table(results: Results) -> str:
    """The memory of the process that serves, after everything."""
    rows = ([*_subject(key), f"{megabytes:.0f}"] for key, megabytes in results.megabytes.items())
    return table(["whose", "database", "resident memory, MB"], rows, words=2)
