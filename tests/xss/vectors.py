"""The vectors: `tests/xss/vectors.json` names the public list that each comes from.

A vector is a line or two of markup; `alert(1)` or the host `evil.example` stands for what it would do. The
event handlers are those of PortSwigger's cheat sheet (https://portswigger.net/web-security/cross-site-scripting).
"""

import json
from pathlib import Path

_DATA = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
_ELEMENTS = ("img src=x", "svg", "p")

LISTED: tuple[str, ...] = tuple(vector for vectors in _DATA["vectors"].values() for vector in vectors)
EVENTS: tuple[str, ...] = tuple(
    f"<{element} {event}=alert(1) tabindex=1>x" for event in _DATA["events"] for element in _ELEMENTS
)
VECTORS = LISTED + EVENTS
"""All of them."""
