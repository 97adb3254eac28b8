"""Where the XML in a file begins and ends. Plugins and PHP print what does not belong there before it, behind
its declaration and behind its end, and browsers put marks into what they show.
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


def start_of(data: bytes) -> int:
    """Where the XML begins: at the declaration that the root follows, else at the root."""
    bare = len(data) - len(data.removeprefix(_MARK).lstrip())
    declarations = [found.start() for found in islice(_DECLARATION.finditer(data), _MOST_DECLARATIONS)]
    for at in (bare, *declarations):
        root = end_of_prolog(data, at)
        if _ROOT.match(data, root) and not _DECLARATION.search(data, at + 1, root):
            return at
    root_tag = _ROOT.search(data)
    return min([*declarations, *([root_tag.start()] if root_tag else [])], default=bare)


def end_of_prolog(data: bytes, at: int = 0) -> int:
    """Where the root is to begin."""
    found = _PROLOG.match(data, at)
    return found.end() if found else at


def misplaced(data: bytes, at: int) -> bytes:
    """What stands there before the root; empty where the root does, or there is none."""
    found = None if _ROOT.match(data, at) else _ROOT.search(data, at)
    return data[at : found.start()] if found else b""


def parts_of(piece: bytes) -> Iterator[bytes]:
    """The parts of a piece of a document, all but the last of which end with what can be the end tag of the
    root.
    """
    at = 0
    for found in _END.finditer(piece):
        yield piece[at : found.end()]
        at = found.end()
    yield piece[at:]


def behind(text: bytes) -> bytes | None:
    """What of the text behind the root does not belong there; None where that is no text of plugins, but
    more of an export.
    """
    extra = text[end_of_prolog(text) :]
    return None if _MORE.search(extra) else extra
