"""The elements, attributes and classes that content may have: docs/markup.md describes them."""

import re
from collections.abc import Callable

ID_PREFIX = "user-content-"
"""The prefix of every id in a post, so that none clashes with an id of the page around it."""


def names(text: str) -> frozenset[str]:
    """The names in this text, which are separated by spaces."""
    return frozenset(text.split())


INLINE_ELEMENTS = names(
    "a abbr b bdi bdo br cite code data del dfn em i ins kbd label mark meter progress q rp rt ruby s samp"
    " small span strong sub sup time u var wbr"
)
_BLOCK_ELEMENTS = names(
    "address article aside blockquote caption col colgroup dd details div dl dt figcaption figure footer h1"
    " h2 h3 h4 h5 h6 header hr li ol p pre section summary table tbody td tfoot th thead tr ul"
)
_MEDIA_ELEMENTS = names("audio iframe img input picture source track video")
POST_ELEMENTS = INLINE_ELEMENTS | _BLOCK_ELEMENTS | _MEDIA_ELEMENTS
COMMENT_ELEMENTS = names("a blockquote br code del em hr li ol p pre s strong table tbody td th thead tr ul")
HIDDEN_ELEMENTS = names(
    "applet button canvas embed frameset head math noembed noframes noscript object script select style svg"
    " template textarea title"
)
"""Removed with their content; other elements that are not allowed are replaced by their content."""

POST_ATTRIBUTES = {
    "*": "aria-label class dir id lang title",
    "a": "download href hreflang rel",
    "audio": "controls loop muted preload src",
    "blockquote": "cite",
    "col": "span",
    "colgroup": "span",
    "data": "value",
    "del": "cite datetime",
    "details": "open",
    "iframe": "allowfullscreen height src width",
    "img": "alt height src width",
    "input": "checked type",
    "ins": "cite datetime",
    "li": "value",
    "meter": "high low max min optimum value",
    "ol": "reversed start type",
    "progress": "max value",
    "q": "cite",
    "source": "media src srcset type",
    "td": "colspan rowspan",
    "th": "abbr colspan rowspan scope",
    "time": "datetime",
    "track": "default kind label src srclang",
    "video": "controls height loop muted playsinline poster preload src width",
}
COMMENT_ATTRIBUTES = {
    "a": "href title",
    "code": "class",
    "ol": "start",
    "td": "class",
    "th": "class",
}
ADDRESSES = frozenset({"href", "src", "cite", "poster"})
"""Attributes whose value is one address."""
URL_SCHEMES = frozenset({"http", "https", "mailto", "tel", "xmpp"})
COMMENT_URL_SCHEMES = frozenset({"http", "https", "mailto"})
COMMENT_REL = "nofollow ugc"

_CLASSES = re.compile(
    r"language-[\w+#.-]{1,50}"
    r"|wp-[\w-]{1,100}"
    r"|(?:has-text-)?align-?(?:left|center|right|none|wide|full)"
    r"|footnotes|footnotes-sep|footnotes-list|footnote-item|footnote-ref|footnote-backref"
    r"|contains-task-list|task-list-item"
)
_LANGUAGE_OPTIONS = re.compile(r"(language-[\w+#.-]{1,50})[,:{]\S*")
"""The language of a fence with the options of a static site generator after it: `rust,ignore`."""
_RELATIONS = names("author external license me nofollow noopener noreferrer sponsored tag ugc")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
"""Characters that current or former browsers remove from an address."""
_NUMBER, _SIZE = re.compile(r"-?[0-9]{1,6}"), re.compile(r"[0-9]{1,5}")
_VALUES = {
    "colspan": _SIZE,
    "dir": re.compile("ltr|rtl|auto"),
    "height": _SIZE,
    "id": re.compile(r"\S+"),
    "kind": re.compile("subtitles|captions|descriptions|chapters|metadata"),
    "preload": re.compile("none|metadata"),
    "rowspan": _SIZE,
    "scope": re.compile("(?:col|row)(?:group)?"),
    "span": _SIZE,
    "srcset": re.compile(r"(?:https?:/)?/[^\s,]+|\./[^\s,]+"),
    "start": _NUMBER,
    "value": _NUMBER,
    "width": _SIZE,
}


def filter_attribute(element: str, attribute: str, value: str) -> str | None:
    """The allowed part of the value of an allowed attribute; None removes the attribute."""
    if attribute == "class":
        return _kept(_LANGUAGE_OPTIONS.sub(r"\1", value), _CLASSES.fullmatch)
    if attribute == "rel":
        return _kept(value.lower(), _RELATIONS.__contains__)
    if attribute == "value" and element != "li":
        return value
    if attribute in ADDRESSES:  # nh3 checks only those that browsers follow
        found = _SCHEME.match(_IGNORED.sub("", value))
        return value if found is None or found[1].lower() in URL_SCHEMES else None
    allowed = _VALUES.get(attribute)
    return value if allowed is None or allowed.fullmatch(value) else None


def _kept(value: str, is_allowed: Callable[[str], object]) -> str | None:
    return " ".join(each for each in value.split() if is_allowed(each)) or None
