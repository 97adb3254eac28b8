"""Plots, as SVG that stands in a page by itself: no script, no address."""

import sys
from collections.abc import Sequence
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from everpost.benchmark.wording import milliseconds

# pygal adds an importer that has no `find_spec`: Python 3.11 warns of it at every import that fails, and who
# calls importers by themselves breaks at it. https://github.com/Kozea/pygal/pull/532
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]

_WIDTH = 900
_HEIGHT_OF_A_DATABASE = 64
_HEIGHT_AROUND = 90
_LONGEST_NAME = 60

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    opacity="1",
    opacity_hover="1",
    colors=("#9cc4e0", "#f2bf87"),
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    value_font_size=13,
    value_colors=("#222", "#222"),
)


def draw_latencies(names: Sequence[str], p50: Sequence[float], p99: Sequence[float]) -> str:
    """A bar each for the p50 and the p99 of each database, in milliseconds; from the first one down."""
    chart = pygal.HorizontalBar(
        style=_STYLE,
        js=(),
        disable_xml_declaration=True,
        width=_WIDTH,
        height=_HEIGHT_AROUND + _HEIGHT_OF_A_DATABASE * len(names),
        margin=8,
        legend_at_bottom=True,
        truncate_label=_LONGEST_NAME,
        print_values=True,
        value_formatter=lambda value: f"{milliseconds(value)} ms",
        include_x_axis=True,
    )
    chart.x_labels = names[::-1]  # pygal draws from the bottom
    chart.add("p50", p50[::-1])
    chart.add("p99", p99[::-1])
    chart.add_xml_filter(_plain)
    return str(chart.render(is_unicode=True))


def _plain(root: Element) -> Element:
    """Without what pygal adds for a script that shows it, and without comments, where it has addresses."""
    for parent in list(root.iter()):
        if parent is not root:  # whose id the styles name; the others are the same in each plot
            parent.attrib.pop("id", None)
        for child in list(parent):
            if callable(child.tag) or child.tag in {"script", "desc", "title"}:  # a comment has no name
                parent.remove(child)
    return root
