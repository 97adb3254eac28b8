"""Display names: which are readable, and which look alike."""

import re
import unicodedata
from hashlib import sha256

_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_JOINERS = frozenset({_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER})
_VIRAMA = 9
"""The combining class of the marks after which a joiner changes how a syllable is written."""
_CURSIVE = ("ARABIC ", "SYRIAC ", "MONGOLIAN ", "NKO ", "MANDAIC ", "ADLAM ")
_REFUSED = {
    "Cc": "control characters",
    "Cf": "invisible characters",
    "Cn": "unassigned characters",
    "Co": "private characters",
    "Cs": "surrogates",
    "Zl": "line breaks",
    "Zp": "line breaks",
}
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""What shows nothing although its general category is that of letters, marks or symbols: the Braille blank,
and Default_Ignorable_Code_Point in https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
"""
_TEXT_OR_EMOJI = "\ufe0e\ufe0f"
_BLANKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_LONGEST_READ = 1_000

# Letters of other scripts, and digits, that look like Latin ones: from those of lower case in
# https://www.unicode.org/Public/security/latest/confusables.txt (UTS #39).
_LOOK_ALIKE = str.maketrans(
    {
        latin: shape
        for shape, others in {
            "a": "\u0430\u03b1\u0251\u237a\u1d00",
            "b": "\u0184\u0185\u042c\u044c\u0299",
            "c": "\u0441\u03f2\u1d04\u2ca5",
            "d": "\u0501\u13e7\u1d05",
            "e": "\u0435\u04bd\u212e\u1d07",
            "f": "\u0584\u03dd\u1e9d\ua730",
            "g": "\u0261\u0581\u018d\u0262",
            "h": "\u04bb\u0570\u029c",
            "j": "\u0458\u03f3\u1d0a",
            "k": "\u03ba\u043a\u1d0b",
            "l": "i1|\u0131\u0456\u03b9\u04c0\u04cf\u0269\u2223\u01c0\u0627\u0661\u06f1\u026a\u029f",
            "m": "\u043c\u1d0d",
            "n": "\u0578\u057c\u03b7\u0274",
            "o": "0\u043e\u03bf\u03c3\u0585\u1d0f\u0555\u06f0\u0665\u05e1\u0966",
            "p": "\u0440\u03c1\u2ca3\u1d18",
            "q": "\u051b\u0563",
            "r": "\u0433\u1d26\u2c85\u0280",
            "s": "\u0455\u01bd\ua731",
            "t": "\u0442\u03c4\u1d1b",
            "u": "\u057d\u03c5\u1d1c\u028b",
            "v": "\u0475\u03bd\u1d20",
            "w": "\u051d\u0461\u026f\u1d21",
            "x": "\u0445\u03c7\u04b3",
            "y": "\u0443\u04af\u03b3\u1d8c\u028f",
            "z": "\u1d22",
        }.items()
        for latin in others
    }
)
_CAPITALS_ALIKE = str.maketrans(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423",
    "ABEZHIKMNOPTYXABESIJKMHOPCTXY",
)
"""Greek and Cyrillic capitals that look like Latin ones although their small letters do not."""
_TWO_AS_ONE = (("rn", "m"), ("vv", "w"))


def unreadable_reason(name: str) -> str | None:
    """Why this is not readable as a name; None if it is.

    Joiners are allowed where the spelling needs them (RFC 5892, appendices A.1 and A.2), and inside emoji;
    so are selectors of a variant.
    """
    for place, character in enumerate(name):
        refused = _REFUSED.get(unicodedata.category(character))
        if refused is not None and not _joins(name, place):
            return f"has {refused}"
        if _INVISIBLE.match(character) and not _selects(name, place):
            return "has invisible characters"
    if unicodedata.category(name[0])[0] == "M":
        return "begins with a combining mark"
    return None if any(map(_is_visible, name)) else "shows nothing"


def readable_name(text: str) -> str:
    """The name without what makes `unreadable_reason` refuse it, and without blanks around it; empty where
    nothing readable is left. Line ends and tabs become blanks. At most the first 1,000 characters that may
    stand in any name are looked at.
    """
    blanked = _BLANKS.sub(" ", text)
    kept = "".join(each for each in blanked if each in _JOINERS or unicodedata.category(each) not in _REFUSED)
    name, before = kept[:_LONGEST_READ].strip(), ""
    # Without one character, another one may no longer be where it belongs.
    while name and name != before:
        before, name = name, _without_invisible(name).strip()
        while name and unicodedata.category(name[0])[0] == "M":
            name = name[1:].lstrip()
    return name if any(map(_is_visible, name)) else ""


def _without_invisible(name: str) -> str:
    return "".join(
        each
        for place, each in enumerate(name)
        if (each in _JOINERS and _joins(name, place))
        or (each not in _JOINERS and (not _INVISIBLE.match(each) or _selects(name, place)))
    )


def name_key(name: str) -> str:
    """The key that look-alike names share, 64 hexadecimal digits. It ignores compatibility forms, case, white
    space, invisible characters, and which script a Latin-looking letter is from.
    """
    return _digest(unicodedata.normalize("NFKC", name))


def imitated_keys(name: str) -> frozenset[str]:
    """The keys of the names that this one looks like, in small letters or in capitals."""
    plain = unicodedata.normalize("NFKC", name)
    return frozenset({_digest(plain), _digest(plain.translate(_CAPITALS_ALIKE))})


def _digest(plain: str) -> str:
    folded = unicodedata.normalize("NFKC", plain.casefold())
    shown = "".join(each for each in folded if not _is_ignorable(each))
    skeleton = " ".join(shown.translate(_LOOK_ALIKE).split())
    for two, one in _TWO_AS_ONE:
        skeleton = skeleton.replace(two, one)
    return sha256(skeleton.encode("utf-8", "surrogatepass")).hexdigest()


def has_invisible(text: str) -> bool:
    """Whether the text contains an invisible character."""
    return any(unicodedata.category(each) in _REFUSED or _INVISIBLE.match(each) for each in text)


def _is_ignorable(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cf") and not character.isspace()
    return is_control or _INVISIBLE.match(character) is not None


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and not _INVISIBLE.match(character)


def _joins(name: str, place: int) -> bool:
    """Whether a joiner is here where it belongs."""
    joiner, before, after = name[place], name[place - 1 : place], name[place + 1 : place + 2]
    if joiner not in _JOINERS or not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if joiner == _ZERO_WIDTH_JOINER and _is_pictorial(after):
        return _is_pictorial(before)
    return _is_cursive(before) and _is_cursive(after)


def _is_cursive(character: str) -> bool:
    is_written = unicodedata.category(character) in ("Lo", "Lm", "Mn")
    return is_written and unicodedata.name(character, "").startswith(_CURSIVE)


def _is_pictorial(character: str) -> bool:
    """Whether it may be a part of an emoji: a symbol, a skin tone, a selector."""
    return unicodedata.category(character) in ("So", "Sk") or character in _TEXT_OR_EMOJI


def _selects(name: str, place: int) -> bool:
    """Whether a selector follows what it has variants of."""
    selector, before = name[place], name[place - 1 : place]
    if not before:
        return False
    if selector in _TEXT_OR_EMOJI:
        return unicodedata.category(before) in ("So", "Sm", "Po", "Nd") and not _INVISIBLE.match(before)
    is_variant = "\ufe00" <= selector <= "\ufe0d" or selector >= "\U000e0100"
    return is_variant and unicodedata.name(before, "").startswith("CJK ")
