"""Reads HTML as a browser does, with Lexbor's parser, and reports everything that is not allowed or
could run a script.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ADDRESSES = names(
    "action background cite classid codebase data formaction href icon longdesc manifest ping poster profile"
    " src srcset usemap xlink:href"
)
SCRIPTING = names(
    "animate applet base button dialog embed form frame frameset iframe link meta noembed noframes noscript"
    " object portal script set style svg template textarea title use xmp"
)
"""Elements that run, load or hide something; a document of writers has none, frames in a sandbox aside."""
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


def faults(
    html: str, elements: Collection[str], attributes: Mapping[str, Collection[str]], schemes: Collection[str]
) -> Iterator[str]:
    """Everything in this fragment of a page that is not allowed. `attributes`: by element, `*` for all."""
    tree = LexborHTMLParser(f'<!doctype html><body><main>{html}</main><i id="after"></i></body>')
    after = tree.css_first("#after")
    if after is None or after.parent is None or after.parent.tag != "body":
        yield "the fragment changes the page around it"
    main = tree.css_first("main")
    assert main is not None
    for node in main.traverse(include_text=True):
        if node.tag in {"main", "-text"}:
            continue
        if node.tag not in elements:
            yield f"<{node.tag}>"
        yield from _faults_of_attributes(node, attributes, schemes)
    for node in tree.css("*"):
        if node.tag in SCRIPTING - {"iframe"}:
            yield f"<{node.tag}> on the page"


def _faults_of_attributes(
    node: LexborNode, allowed: Mapping[str, Collection[str]], schemes: Collection[str]
) -> Iterator[str]:
    tag = node.tag or ""
    for name, value in node.attributes.items():
        if name.startswith("on") or name == "style" or name not in {*allowed["*"], *allowed.get(tag, ())}:
            yield f"<{tag} {name}>"
        if name in ADDRESSES and not is_harmless(value or "", schemes):
            yield f"<{tag} {name}={value!r}>"


def is_harmless(address: str, schemes: Collection[str]) -> bool:
    """Whether an address, as a browser reads it, is relative or has one of these schemes."""
    found = _SCHEME.match(_CONTROLS.sub("", address))
    return found is None or found[1].lower() in schemes


def host_of(address: str) -> str | None:
    """The host that a browser would ask."""
    return urlsplit(address.replace("\\", "/")).hostname
