"""Players and maps of other sites: a frame in a sandbox, if the host is allowed, or else a link."""

import re
from collections.abc import Collection, Mapping

from everpost.markup.escaping import escape

_ADDRESS = re.compile(r"(?:https?:)?//(?P<host>[A-Za-z0-9.-]+)(?P<rest>(?:[/?][!#-;=?-\[\]^-~]*)?)")
"""A web address without anything that browsers and Python could read differently."""
_SANDBOX = "allow-popups allow-presentation allow-same-origin allow-scripts"


def embedded(attributes: Mapping[str, str], hosts: Collection[str]) -> str:
    """The frame with these attributes, or a link to its address; nothing if the address is not on the web."""
    found = _ADDRESS.fullmatch(attributes.get("src", ""))
    if found is None:
        return ""
    host = found["host"].lower()
    address = escape(f"https://{host}{found['rest']}")
    if host not in hosts:
        return f'<a href="{address}">{escape(host + found["rest"])}</a>'
    shown = {
        "src": address,
        "title": escape(attributes.get("title") or host),
        **{name: escape(attributes[name]) for name in ("width", "height") if name in attributes},
        "sandbox": _SANDBOX,
        "referrerpolicy": "strict-origin-when-cross-origin",
        "loading": "lazy",
    }
    inside = " ".join(f'{name}="{value}"' for name, value in shown.items())
    return f"<iframe {inside}{' allowfullscreen' * ('allowfullscreen' in attributes)}></iframe>"
