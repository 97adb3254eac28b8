"""Plots, as self-contained SVG: no script, no address."""

import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

import pygal
from pygal import Bar, HorizontalBar
from pygal.style import Style

from everpost.benchmark.wording import milliseconds

# pygal adds an importer that has no `find_spec`: Python 3.11 warns of it at every import that fails, and who
# calls importers by themselves breaks at it. https://github.com/Kozea/pygal/pull/532
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]

__all__ = ["Bar", "draw_bars", "draw_latencies"]

_WIDTH = 900
_HEIGHT_OF_A_DATABASE = 64
_HEIGHT_AROUND = 90
_LONGEST_NAME = 60
_COLORS = ("#9cc4e0", "#f2bf87")

Series: TypeAlias = Mapping[str, Sequence[float | None]]
"""By its name in the legend, a value for each label."""


def draw_latencies(names: Sequence[str], p50: Sequence[float], p99: Sequence[float]) -> str:
    """A bar each for the p50 and the p99 of each database, in milliseconds; from the first one down."""
    return draw_bars(
        HorizontalBar,
        names[::-1],  # pygal draws from the bottom
        {"p50": p50[::-1], "p99": p99[::-1]},
        value_formatter=lambda value: f"{milliseconds(value)} ms",
        look={"background": "transparent", "plot_background": "transparent", "colors": _COLORS},
        width=_WIDTH,
        height=_HEIGHT_AROUND + _HEIGHT_OF_A_DATABASE * len(names),
        truncate_label=_LONGEST_NAME,
        include_x_axis=True,
    )


def draw_bars(
    kind: type[Bar],
    labels: Sequence[str],
    series: Series,
    *,
    look: Mapping[str, object],
    name: str = "",
    **options: object,
) -> str:
    """Bars with their values; `look` goes to pygal's style, `options` to its chart. With a name, a valid
    HTML id, the same plot is the same text each time.
    """
    style = Style(
        opacity="1",
        opacity_hover="1",
        font_family="system-ui, sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=13,
        value_colors=("#222",) * len(series),
        **{"value_font_size": 13, **look},
    )
    chart = kind(
        style=style,
        js=(),
        disable_xml_declaration=True,
        margin=8,
        legend_at_bottom=True,
        print_values=True,
        **options,
    )
    if name:
        chart.uuid = name
    chart.x_labels = labels
    for title, values in series.items():
        chart.add(title, values)
    chart.add_xml_filter(_strip)
    return str(chart.render(is_unicode=True))


def _strip(root: Element) -> Element:
    """Remove what pygal adds for a script, and comments, which hold addresses."""
    for parent in list(root.iter()):
        if parent is not root:  # whose id the styles name; the others are the same in each plot
            parent.attrib.pop("id", None)
        for child in list(parent):
            if callable(child.tag) or child.tag in {"script", "desc", "title"}:  # a comment has no name
                parent.remove(child)
    return root
