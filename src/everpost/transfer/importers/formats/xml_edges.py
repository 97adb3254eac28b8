"""Find where the XML in a file begins and ends. Plugins and PHP print text before it, after its declaration
and after its end, and browsers add markup when they display XML.
"""

import re
from collections.abc import Iterator
from itertools import islice

_ROOT = re.compile(rb"<(?:rss|disqus|feed)[\s>]")
_DECLARATION = re.compile(rb"<\?xml\s[^<>]{0,200}\?>")
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_END = re.compile(rb"</(?:rss|disqus|feed)\s*>")
_MORE = re.compile(rb"<(?:rss|disqus|feed|channel|item|entry|thread|post)[\s/>]")
_MARK = b"\xef\xbb\xbf"
_MOST_DECLARATIONS = 20


def start_of_xml(data: bytes) -> int:
    """The start of the XML: the declaration before the root element, or else the root element."""
    bare = len(data) - len(data.removeprefix(_MARK).lstrip())
    declarations = [found.start() for found in islice(_DECLARATION.finditer(data), _MOST_DECLARATIONS)]
    for at in (bare, *declarations):
        root = end_of_prolog(data, at)
        if _ROOT.match(data, root) and not _DECLARATION.search(data, at + 1, root):
            return at
    root_tag = _ROOT.search(data)
    return min([*declarations, *([root_tag.start()] if root_tag else [])], default=bare)


def end_of_prolog(data: bytes, at: int = 0) -> int:
    """The position at which the root element is expected."""
    found = _PROLOG.match(data, at)
    return found.end() if found else at


def text_before_root(data: bytes, at: int) -> bytes:
    """The text between this position and the root element; empty if there is none, or no root."""
    found = None if _ROOT.match(data, at) else _ROOT.search(data, at)
    return data[at : found.start()] if found else b""


def split_after_root(piece: bytes) -> Iterator[bytes]:
    """Split a piece of a document after each tag that may be the end tag of the root element."""
    at = 0
    for found in _END.finditer(piece):
        yield piece[at : found.end()]
        at = found.end()
    yield piece[at:]


def text_after_root(text: bytes) -> bytes | None:
    """The stray text after the root element; None if it contains more of an export instead."""
    extra = text[end_of_prolog(text) :]
    return None if _MORE.search(extra) else extra
