"""SVG: XML, which may contain scripts, and is kept as it is."""

import re
from io import BytesIO

from lxml import etree

from everpost.media.refusals import Damaged

_NAMESPACE = "{http://www.w3.org/2000/svg}svg"
_LENGTH = re.compile(r"\s*([0-9]{1,6})(?:\.[0-9]+)?(?:px)?\s*\Z")
_NUMBER = re.compile(r"[-+.0-9e]+")
_LARGEST = 1_000_000


def size_of_svg(data: bytes) -> tuple[int, int] | None:
    """The width and height in pixels, if the picture has them. Raises Damaged if it is not well-formed."""
    events = etree.iterparse(
        BytesIO(data), events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True
    )
    size = None
    try:
        for number, (event, element) in enumerate(events):
            if number == 0:
                if element.tag not in {_NAMESPACE, "svg"}:
                    raise Damaged("SVG", "it does not start with an svg element")
                size = _size(dict(element.attrib))
            elif event == "end":
                element.clear()
    except etree.XMLSyntaxError as error:
        raise Damaged("SVG", f"it is not well-formed in line {error.lineno}") from None
    return size


def _size(attributes: dict[str, str]) -> tuple[int, int] | None:
    """The size by `width` and `height`, or else by `viewBox`."""
    lengths = [_LENGTH.match(attributes.get(name, "")) for name in ("width", "height")]
    numbers = [int(found[1]) for found in lengths if found is not None]
    if len(numbers) < 2:
        try:
            numbers = [round(float(each)) for each in _NUMBER.findall(attributes.get("viewBox", ""))[2:4]]
        except (ValueError, OverflowError):
            return None
    if len(numbers) < 2 or not all(0 < number <= _LARGEST for number in numbers):
        return None
    return numbers[0], numbers[1]
