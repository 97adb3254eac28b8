"""Display names: whether they are readable, and whether they look alike."""

import re
import unicodedata
from hashlib import sha256

from everpost.domain.people.confusables import CONFUSABLES

_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_JOINERS = frozenset({_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER})
_VIRAMA = 9
"""The combining class of marks after which a joiner affects how a syllable is written."""
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
"""Characters that are invisible although they belong to a category of letters, marks or symbols: the Braille
blank, and Default_Ignorable_Code_Point in
https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
"""
_TEXT_OR_EMOJI = "\ufe0e\ufe0f"
_LETTER_OR_EMOJI = "\u2139"
"""The only letter with both forms. Names do not contain it."""
_VARIANTS_OF_MONGOLIAN = frozenset("\u180b\u180c\u180d\u180f")
_VOWEL_SEPARATOR = "\u180e"
_DIRECTIONS = frozenset("\u200e\u200f\u061c")
_RIGHT_TO_LEFT = ("R", "AL")
_FLAG = re.compile("(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""The flag of a region: a black flag, and the code of the region in tag characters."""
_BLANKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_LONGEST_READ = 1_000

_SAME_LETTER = str.maketrans("i1|0", "lllo")
_TWO_AS_ONE = (("rn", "m"), ("vv", "w"))
_SLIGHT_MARKS = frozenset({1, 220})
"""The combining classes of marks through a letter and below it."""
_DOTTED = re.compile("([ijl])\u0307")


def unreadable_reason(name: str) -> str | None:
    """Why this name is not readable; None if it is.

    The only invisible characters allowed are joiners where the spelling needs them (RFC 5892, appendices A.1
    and A.2, and Bengali) and inside emoji; variation selectors; directional marks in names with right-to-left
    letters; and the tag characters of a flag.
    """
    flagless, is_right_to_left = _FLAG.sub("", name), _is_right_to_left(name)
    for place, character in enumerate(flagless):
        if not _belongs(flagless, place, is_right_to_left):
            return f"has {_REFUSED.get(unicodedata.category(character), 'invisible characters')}"
    if unicodedata.category(name[0])[0] == "M":
        return "begins with a combining mark"
    return None if has_visible(name) else "has no visible characters"


def has_visible(text: str) -> bool:
    """Whether readers see anything of the text."""
    return any(map(_is_visible, text))


def readable_name(text: str) -> str:
    """The name without the characters that `unreadable_reason` refuses and without surrounding spaces; empty
    if nothing readable is left. Line ends and tabs become spaces. Only the first 1,000 characters that a name
    may contain are considered.
    """
    blanked = _BLANKS.sub(" ", text)
    if blanked.isascii() and blanked.isprintable():
        return blanked[:_LONGEST_READ].strip()
    kept = "".join(each for each in blanked if not _is_refused(each) or _may_belong(each))
    name, before = kept[:_LONGEST_READ].strip(), ""
    # Removing one character may leave another where it is not allowed.
    while name and name != before:
        before, name = name, _without_invisible(name).strip()
        while name and unicodedata.category(name[0])[0] == "M":
            name = name[1:].lstrip()
    return name if has_visible(name) else ""


def _without_invisible(name: str) -> str:
    is_right_to_left = _is_right_to_left(name)
    parts, start = [], 0
    for flag in (*_FLAG.finditer(name), None):
        end = len(name) if flag is None else flag.start()
        parts += [name[at] for at in range(start, end) if _belongs(name, at, is_right_to_left)]
        if flag is not None:
            parts.append(flag[0])
            start = flag.end()
    return "".join(parts)


def _is_right_to_left(name: str) -> bool:
    return any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in name if each not in _DIRECTIONS)


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED and not _is_newer(character)


def _is_newer(character: str) -> bool:
    """Whether it may be a letter or an emoji of a newer version of Unicode than Python supports."""
    is_unassigned = unicodedata.category(character) == "Cn"
    return is_unassigned and "\U00010000" <= character < "\U00040000" and ord(character) & 0xFFFE != 0xFFFE


def _may_belong(character: str) -> bool:
    is_tag = "\U000e0030" <= character <= "\U000e007f"
    return is_tag or character in _JOINERS or character in _DIRECTIONS or character == _VOWEL_SEPARATOR


def _belongs(name: str, place: int, is_right_to_left: bool) -> bool:
    """Whether the character is visible, or has an effect at its place."""
    character = name[place]
    if character in _DIRECTIONS:
        return is_right_to_left
    if character in _JOINERS:
        return _joins(name, place)
    if _INVISIBLE.match(character):
        return _selects(name, place)
    return not _is_refused(character)


def name_key(name: str) -> str:
    """A key that is equal for names that look alike, 64 hexadecimal digits. It ignores compatibility forms,
    case, white space, invisible characters, marks below a letter, and the script of a letter.
    """
    return sha256(_skeleton(name).encode("utf-8", "surrogatepass")).hexdigest()


def imitated_keys(name: str) -> frozenset[str]:
    """The keys of the names that this name looks like. Some Greek capitals look like a different Latin letter
    than their small letters do, so the keys of the name in lower case and upper case are included.
    """
    small = name.lower()
    return frozenset(map(name_key, (name, small, name.upper(), name.title(), small.title())))


def _skeleton(name: str) -> str:
    seen = unicodedata.normalize("NFKD", name.translate(CONFUSABLES)).translate(CONFUSABLES)
    small = unicodedata.normalize("NFKD", seen.casefold()).translate(CONFUSABLES).lower()
    shown = _DOTTED.sub(r"\1", "".join(each for each in small if not _is_ignorable(each)))
    skeleton = " ".join(shown.translate(_SAME_LETTER).split())
    for two, one in _TWO_AS_ONE:
        skeleton = skeleton.replace(two, one)
    return skeleton


def has_invisible(text: str) -> bool:
    """Whether the text contains an invisible character."""
    return any(unicodedata.category(each) in _REFUSED or _INVISIBLE.match(each) for each in text)


def _is_ignorable(character: str) -> bool:
    category = unicodedata.category(character)
    is_control = category in ("Cc", "Cf") and not character.isspace()
    is_slight = category == "Me" or unicodedata.combining(character) in _SLIGHT_MARKS
    return is_control or is_slight or _INVISIBLE.match(character) is not None


def _is_visible(character: str) -> bool:
    is_shown = unicodedata.category(character)[0] in "LNPS" or _is_newer(character)
    return is_shown and not _INVISIBLE.match(character)


def _joins(name: str, place: int) -> bool:
    """Whether the joiner at this place is allowed."""
    joiner, before, after = name[place], name[place - 1 : place], name[place + 1 : place + 2]
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if not before or not after:
        return False
    if joiner == _ZERO_WIDTH_JOINER and unicodedata.combining(after) == _VIRAMA:
        return unicodedata.category(before) == "Lo"
    if joiner == _ZERO_WIDTH_JOINER and _is_pictorial(after):
        return _is_pictorial(before)
    return _is_cursive(before) and _is_cursive(after)


def _is_cursive(character: str) -> bool:
    is_written = unicodedata.category(character) in ("Lo", "Lm", "Mn")
    return is_written and unicodedata.name(character, "").startswith(_CURSIVE)


def _is_pictorial(character: str) -> bool:
    """Whether it may be part of an emoji: a symbol, a skin tone or a selector."""
    is_symbol = unicodedata.category(character) in ("So", "Sk") or character in _TEXT_OR_EMOJI
    return is_symbol or (_is_newer(character) and character >= "\U0001f000")


def _selects(name: str, place: int) -> bool:
    """Whether the selector at this place follows a character that has variants."""
    selector, before, after = name[place], name[place - 1 : place], name[place + 1 : place + 2]
    if not before:
        return False
    if selector in _TEXT_OR_EMOJI:
        is_letter = unicodedata.category(before)[0] == "L" and before != _LETTER_OR_EMOJI
        return _is_visible(before) and not is_letter
    if selector == _VOWEL_SEPARATOR:
        is_after_letter = _is_mongolian(before) or before in _VARIANTS_OF_MONGOLIAN
        return is_after_letter and _is_mongolian(after)
    if selector in _VARIANTS_OF_MONGOLIAN:
        return _is_mongolian(before)
    is_variant = "\ufe00" <= selector <= "\ufe0d" or selector >= "\U000e0100"
    return is_variant and unicodedata.name(before, "").startswith("CJK ")


def _is_mongolian(character: str) -> bool:
    return "\u1820" <= character <= "\u18aa"
