"""LaTeX to MathML Core, which browsers show without a script."""

from functools import cache
from xml.etree import ElementTree as ET

from math_core import LatexError, LatexToMathML

from everpost.markup.allow_lists import names

MAX_SOURCE = 5_000
"""The maximum length of a formula; longer ones are shown as source."""

_ELEMENTS = names(
    "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms"
    " mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
_ATTRIBUTES = names(
    "accent accentunder columnspan depth display displaystyle fence form height largeop linethickness lspace"
    " mathvariant maxsize minsize movablelimits notation rowspan rspace scriptlevel separator stretchy"
    " symmetric voffset width"
)
_ALIGNMENTS = {"text-align: left": "align-left", "text-align: right": "align-right"}


def mathml(source: str, *, is_block: bool) -> str | None:
    """The formula as MathML; None if the source is not valid."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        converted = _converter().convert_with_local_state(source, displaystyle=is_block)
        root = ET.fromstring(converted)  # noqa: S314 - written by the converter; no document type
    except (LatexError, ET.ParseError, RecursionError, ValueError):
        return None
    for element in root.iter():
        if element.tag not in _ELEMENTS:
            return None
        _keep_allowed_attributes(element)
    written = ET.tostring(root, encoding="unicode", short_empty_elements=False)
    if is_block:  # it can be scrolled sideways; HTML's validator knows no `tabindex` in MathML
        return f'<span class="math" tabindex="0">{written}</span>'
    return written


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(max_expansions=100)


def _keep_allowed_attributes(element: ET.Element) -> None:
    alignment = _ALIGNMENTS.get(element.attrib.get("style", "").split(";")[0])
    for name in element.attrib.keys() - _ATTRIBUTES:
        del element.attrib[name]
    if alignment is not None:
        element.attrib["class"] = alignment
