"""Bare addresses become links, as on GitHub: `https://…`, `http://…`, `www.…` and email addresses.

https://github.github.com/gfm/#autolinks-extension-
"""

import re

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt

_AFTER_WWW = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?(?:[/?#][^\s<]{0,2000})?")
_TRAILING = re.compile(r"[?!.,:*_~'\"]+$")


def autolinks_plugin(parser: MarkdownIt) -> None:
    """Add the rules. Names without a scheme, such as `readme.md`, stay text."""
    linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    linkify.add("//", None)
    linkify.add("ftp:", None)
    linkify.add("www.", {"validate": _length_after_www, "normalize": _with_scheme})
    parser.linkify = linkify
    parser.options["linkify"] = True
    parser.enable(["linkify"])


def _length_after_www(_linkify: object, text: str, position: int) -> int:
    found = _AFTER_WWW.match(text, position)
    if found is None:
        return 0
    address = _TRAILING.sub("", found[0])
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1]
    return len(address)


def _with_scheme(_linkify: object, match: Match) -> None:
    match.url = f"http://{match.url}"
