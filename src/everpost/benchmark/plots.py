"""Plots as self-contained SVG, without scripts or URLs."""

import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

import pygal
from pygal import Bar, HorizontalBar
from pygal.style import Style

from everpost.benchmark.phrases import milliseconds

# pygal installs an importer without `find_spec`: Python 3.11 warns about it at every failed import, and code
# that calls importers directly fails. https://github.com/Kozea/pygal/pull/532
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]

__all__ = ["Bar", "draw_bars", "draw_latencies"]

_WIDTH = 900
_HEIGHT_OF_A_DATABASE = 64
_HEIGHT_AROUND = 90
_LONGEST_NAME = 60
_COLORS = ("#9cc4e0", "#f2bf87")

Series: TypeAlias = Mapping[str, Sequence[float | None]]
"""The values for each label, by their name in the legend."""


def draw_latencies(names: Sequence[str], p50: Sequence[float], p99: Sequence[float]) -> str:
    """The p50 and p99 of each database as bars, in milliseconds, with the first database at the top."""
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
    """Bars with their values; `look` configures pygal's style, `options` its chart. With a name, which must
    be a valid HTML id, the same plot always gives the same text.
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
    """Remove what pygal adds for its script, and comments, which contain URLs."""
    for parent in list(root.iter()):
        if parent is not root:  # the styles refer to its id; the other ids are the same in every plot
            parent.attrib.pop("id", None)
        for child in list(parent):
            if callable(child.tag) or child.tag in {"script", "desc", "title"}:  # comments have no tag name
                parent.remove(child)
    return root
