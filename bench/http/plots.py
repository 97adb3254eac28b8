"""A plot for each operation, as SVG that stands in a page by itself: no script, no address."""

from pathlib import Path

from bench.http.operations import EVERPOST, LIMIT, OPERATIONS, REFERENCE, TUTORIAL
from bench.http.report import STORES, SUBJECTS
from bench.http.results import Figures, Results
from everpost.benchmark.plots import _plain as plain

_LOOK = {
    "background": "white",
    "plot_background": "white",
    "opacity": "1",
    "opacity_hover": "1",
    "colors": ("#2a6fa8", "#7fb3d9", "#c98f4a", "#b8c2cc"),
    "font_family": "system-ui, sans-serif",
    "title_font_size": 16,
    "label_font_size": 13,
    "major_label_font_size": 13,
    "legend_font_size": 13,
    "value_font_size": 12,
    "value_colors": ("#222", "#222", "#222"),
}


def write_plots(results: Results, folder: Path) -> None:
    """One file for each operation that was measured, by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, by_subject in results.figures.items():
        (folder / f"{name}.svg").write_text(_draw(name, by_subject, results.stores()) + "\n")


def _draw(name: str, by_subject: dict[str, Figures], stores: list[str]) -> str:
    """Requests a second: a group for each store, a bar for each subject."""
    # Not before `everpost.benchmark.plots`, which undoes what pygal does to every other import.
    import pygal
    from pygal.style import Style

    chart = pygal.Bar(
        style=Style(**_LOOK),
        js=(),
        disable_xml_declaration=True,
        width=800,
        height=340,
        margin=8,
        title=f"{OPERATIONS[name].title}, requests a second",
        legend_at_bottom=True,
        print_values=True,
        print_values_position="top",
        value_formatter=lambda value: f"{value:,.0f}",
    )
    chart.uuid = name  # it is in the styles, and by chance otherwise
    chart.x_labels = [STORES[store] for store in stores]
    for kind in (EVERPOST, REFERENCE, TUTORIAL, LIMIT):
        keys = [kind if kind == LIMIT else f"{kind} {store}" for store in stores]
        rates = [by_subject[key].rate if key in by_subject else None for key in keys]
        if any(rates):
            chart.add(SUBJECTS[kind], rates)
    chart.add_xml_filter(plain)
    return str(chart.render(is_unicode=True))
