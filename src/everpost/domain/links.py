"""Counts the links in a comment: whatever Markdown, HTML, or a front end that makes addresses clickable would
turn into one. Takes time linear in the length of the text.
"""

import html
import re
import unicodedata

_ZEROS = re.compile(r"(&#[xX]?)0+(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
"""Beyond Unicode: Python would make a number of it first, however long."""
_DOTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\u2024": "."})
_LIGATURES = str.maketrans({"\ufdfa": " ", "\ufdfb": " "})
"""Normal forms make eighteen characters of the one, and eight of the other."""

_DEFINITION = re.compile(
    r"""^[ \t>*+-]*+ \[ (?P<label> [^\[\]\n]{1,999} ) \]:
    [ \t]*+ (?:\n[ \t]*+)? \S++ [ \t]*+ (?:["'(].*)? $""",
    re.MULTILINE | re.VERBOSE,
)
"""`[label]: address "title"`, on a line of its own."""
_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")

_GENERIC = (
    "com net org info biz edu gov mil int name pro example aero asia coop museum jobs mobi travel "
    "xyz online site website shop store club app dev blog icu vip live tech buzz click link cyou cfd sbs "
    "bond rest win bid loan men date stream trade review party science racing download casino bet poker "
    "porn sex xxx adult top work space fun sale market email ninja media world life today news guru "
    "рф укр бел қаз срб онлайн сайт 中国 香港 台灣 भारत"  # noqa: RUF001 - Cyrillic it is
)
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar au aw ax az ba bb bd bf bg bh bi bj bm bn bo br bs bt bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm dz ec ee eg er es et eu fi fj fk "
    "fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im io "
    "iq ir je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc mg mh mk "
    "ml mm mn mo mp mq mr mt mu mv mw mx mz nc ne nf ng ni nl np nr nu nz om pa pe pf pg ph pk pm pn pr "
    "pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk "
    "tl tm tn tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_TOP_LEVELS = frozenset(f"{_GENERIC} {_COUNTRIES}".split())
"""After a dot they make a link of a word without any path. Not among them are those that one meets as the
ending of a file's name (`.py`, `.md`, `.sh`, `.rs`), or as a short English word after a full stop that has
no blank behind it (`.so`, `.is`, `.it`, `.in`, `.to`, `.me`, `.no`).
"""

_HOST = r"(?:[^\W_](?:[\w-]{0,62})\.)+"
_LINK = re.compile(
    rf"""
    (?P<inline> \]\( )                                          # [text](address), ![text](address)
    | (?P<attribute> \b(?:href|src|srcset|action|formaction|poster|background)[ \t\r\n]{{0,9}}= )
    | (?P<autolink> <[a-z][a-z0-9+.-]{{1,31}}:(?=[^\s<>]) )     # <any-scheme:address>
    | (?P<scheme> [a-z0-9]\\?:\\?[/\\]\\?[/\\](?=[^\s]) )       # any-scheme://address
    | (?P<short> (?<![a-z0-9])
        (?: https?\\?: | ftps?\\?: | mailto: | xmpp: | tel: | sms: | javascript: | vbscript: | magnet: )
        (?=[^\s]) )
    | (?P<relative> (?<![\w:/]) //{_HOST}[^\W\d_] )             # //host.example
    | (?P<www> (?<![a-z0-9]) www\d{{0,3}}\.(?=\w) )
    | (?P<address> (?<![\w.+-]) [\w.+-]{{1,64}}@{_HOST}[^\W\d_] )
    | (?P<bare> (?<![\w@./-]) {_HOST}(?P<top> xn--[a-z0-9-]{{2,59}} | [^\W\d_]{{2,63}} )
        (?![\w-]) (?P<path> \.?:\d+ | [/?\#](?=[^\s]) )? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REST = re.compile(r"""[^\s<>"'()\[\]]*""")
"""What else belongs to an address; after the beginnings of some links it is another pattern."""
_VALUE = re.compile(r"""[ \t\r\n]*["']?[^\s<>"']*""")
_DESTINATION = re.compile(r"""[ \t\n]*<?[^\s<>()]*""")
_AFTER = {"inline": _DESTINATION, "attribute": _VALUE}


def count_links(text: str) -> int:
    """How many links there are; an address that is the text of its own link counts once."""
    plain = _plain(text)
    labels: set[str] = set()
    defined = _DEFINITION.sub(lambda found: _define(found, labels), plain)
    used = [label for found in _LABEL.finditer(defined) if (label := _label(found[1])) in labels]
    return len(used) + len(labels.difference(used)) + _count(defined)


def _plain(text: str) -> str:
    """The text as it is read in the end: without entities, invisible characters and forms of letters that
    a browser folds.
    """
    decoded = html.unescape(_NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"\1", text)))
    shown = "".join(each for each in decoded if unicodedata.category(each) not in ("Cf", "Mn", "Me"))
    return unicodedata.normalize("NFKC", shown.translate(_LIGATURES)).translate(_DOTS)


def _define(found: re.Match[str], labels: set[str]) -> str:
    labels.add(_label(found["label"]))
    return ""


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _count(text: str) -> int:
    count, place = 0, 0
    while (found := _LINK.search(text, place)) is not None:
        end = _AFTER.get(found.lastgroup or "", _REST).match(text, found.end())
        place = found.end() if end is None else end.end()
        is_text_of_link = not found["inline"] and text.startswith("](", place)
        count += not is_text_of_link and not _is_prose(found)
    return count


def _is_prose(found: re.Match[str]) -> bool:
    """Whether a word with dots is ordinary text, not an address."""
    if not found["bare"] or found["path"]:
        return False
    top = found["top"]
    is_next_sentence = top[0].isupper() and not top.isupper()
    return is_next_sentence or not (top.startswith("xn--") or top.casefold() in _TOP_LEVELS)
