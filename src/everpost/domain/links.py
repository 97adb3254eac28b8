"""Counts the links in a comment: everything that Markdown, HTML, or a front end that makes addresses
clickable would turn into a link. Takes time linear in the length of the text.
"""

import html
import re
import unicodedata

_ZEROS = re.compile(r"(&#[xX]?)0+(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
"""Beyond Unicode. Removed first, because Python would parse the number, however long it is."""
_DOTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\u2024": "."})
_LIGATURES = str.maketrans({"\ufdfa": " ", "\ufdfb": " "})
"""Normalization would expand the first to eighteen characters, and the second to eight."""

_LINE_END = re.compile(r"\r\n?")
_DEFINITION = re.compile(
    r"""
    ^ (?: [ \t>*+\ufeff-] | \d{1,9}[.)] )*+                           # in quotes and lists
    \[ (?P<label> (?: \\. | [^\[\]\\] )++ ) \]: [ \t]*+ (?: \n[ \t>]*+ )?
    (?P<destination> <[^\n]*+ | (?: [^ \t\n]++ | (?: \\[ \t] | [^ \t\n] )++ ) [ \t]*+ (?= ["'(] | $ ) )
    """,
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
"""`[label]: address "title"`, at the beginning of a line."""
_BETWEEN_WORDS = re.compile(r"[\s>]+")
_REFERENCE = re.compile(r"\](?!\()(?:\[[^\[\]]*+\])?")
"""The end of `[label]`, `[label][]` or `[text][label]`."""

_GENERIC = (
    "com net org info biz edu gov mil int name pro example aero asia coop museum jobs mobi travel "
    "xyz online site website shop store club app dev blog icu vip live tech buzz click link cyou cfd sbs "
    "bond rest win bid loan men date stream trade review party science racing download casino bet poker "
    "porn sex sexy sexxx xxx adult webcam dating singles top work works space fun sale market markets email "
    "ninja media world life today news guru social lol wtf rip fyi moe gay ooo wiki page pub bar beer vodka "
    "cafe pizza restaurant kitchen recipes art design studio photo photos photography gallery pics pictures "
    "video film movie theater music audio band events tickets tours cruises flights hotel hotels holiday "
    "villas apartments house homes land estate properties rentals lease realty mortgage loans credit "
    "cash money finance financial fund capital bank insure insurance tax claims legal law lawyer attorney "
    "health healthcare clinic dental doctor hospital pharmacy diet fitness yoga fit beauty hair makeup skin "
    "fashion clothing shoes jewelry watches gold diamonds bingo games game gamble lotto golf football "
    "soccer tennis hockey basketball rugby run surf ski bike cars auto autos boats taxi limo academy college "
    "school university education courses training camp institute foundation charity community church faith "
    "bible agency company business enterprises ventures partners holdings industries solutions services "
    "systems software hosting host domains cloud digital network technology computer codes zone center city "
    "town place directory guide tips support reviews report reports deals discount cheap bargains coupons "
    "gift gifts toys flowers supply supplies boutique express delivery vision plus gmbh ltd llc inc "
    "group international global earth green eco energy solar garden farm dog pet vet baby kids family mom "
    "wedding love chat forum cam monster quest beauty mba best cool expert exposed dance actor horse "
    "london berlin paris tokyo nyc moscow wien hamburg koeln amsterdam africa eus cat bzh scot wales swiss "
    "рф рус москва дети укр бел қаз срб онлайн сайт орг ком 中国 中國 香港 台灣 网站 在线 भारत"  # noqa: RUF001 - Cyrillic it is
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
_ALSO_WORDS = "in is it me no so to"
_TOP_LEVELS = frozenset(f"{_GENERIC} {_COUNTRIES} {_ALSO_WORDS}".split())
"""A word that ends with a dot and one of these is a link, even without a path. Common file extensions (`.py`,
`.md`, `.sh`, `.rs`) are left out.
"""
_NO_WORDS = (
    "com net org info biz edu gov mil mobi xyz icu cyou cfd sbs xxx wtf gmbh llc ru cn de uk fr nl pl eu br "
    "jp cz tv cc io co ly tk ml ga cf gq ws su ua ro hu bg kr tw vn ph pk ng ke"
)
_FIRST_WORDS = _TOP_LEVELS.difference(_NO_WORDS.split())
"""Capitalized, these may begin a sentence after a full stop without a space."""

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
"""The rest of an address; some kinds of links have a pattern of their own, in `_AFTER`."""
_VALUE = re.compile(r"""[ \t\r\n]*["']?[^\s<>"']*""")
_DESTINATION = re.compile(r"""[ \t\n]*<?[^\s<>()]*""")
_AFTER = {"inline": _DESTINATION, "attribute": _VALUE}


def count_links(text: str) -> int:
    """The number of links. An address that is the text of its own link counts once.

    If the text defines an address for a label, everything in brackets counts as a link, because only Markdown
    decides which labels are equal. Definitions are looked for before entities are decoded, as in Markdown.
    """
    lines = _LINE_END.sub("\n", text)
    definitions = list(_DEFINITION.finditer(lines))
    if not definitions:
        return _count(_plain(text))
    rest = _DEFINITION.sub("", lines)
    destinations = [found["destination"] for found in definitions]
    labels = {" ".join(_BETWEEN_WORDS.split(found["label"].casefold())).strip() for found in definitions}
    references = sum(len(_REFERENCE.findall(each)) for each in (rest, *destinations))
    references += len(definitions) - len(labels)  # a second definition may be text, with a reference in it
    others = sum(max(0, _count(_plain(each)) - 1) for each in destinations)
    return max(len(definitions), references) + others + _count(_plain(rest))


def _plain(text: str) -> str:
    """The text as readers and browsers see it: entities decoded, invisible characters removed, compatibility
    forms normalized.
    """
    decoded = html.unescape(_NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"\1", text)))
    shown = "".join(each for each in decoded if unicodedata.category(each) not in ("Cf", "Mn", "Me"))
    return unicodedata.normalize("NFKC", shown.translate(_LIGATURES)).translate(_DOTS)


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
    folded = top.casefold()
    is_next_sentence = top.istitle() and folded in _FIRST_WORDS
    return is_next_sentence or not (folded.startswith("xn--") or folded in _TOP_LEVELS)
