"""The languages of Everpost's own texts: English, which is in the source, and one catalogue for each other
language. The desk is in the language that the browser prefers, the pages are in that of the blog.

Templates call `_()` and `ngettext()`. Code marks a text for the catalogues with `message()`, and translates
it where it is shown. `make translations` adds new texts to the catalogues; a test fails if one is missing.
"""

from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGUES = Path(__file__).parent / "translations"
_ENGLISH = "en"
_MAX_PREFERENCES = 20


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which Everpost has texts."""

    tag: str
    """A language tag (BCP 47)."""
    direction: str
    """`ltr` or `rtl`."""
    translations: NullTranslations = field(repr=False)

    def text(self, text: str, **values: object) -> str:
        """The text in this language, with these values in place of `%(name)s`."""
        return self.translations.gettext(text) % values

    def plural(self, count: int, one: str, many: str, **values: object) -> str:
        """One of two texts, by the number, which is the value `num` of the text."""
        return self.translations.ngettext(one, many, count) % {"num": count, **values}

    def has(self, text: str) -> bool:
        """Whether the catalogue has this text. English has every text."""
        return self.tag == _ENGLISH or self.translations.gettext(text) != text


def language_of(tag: str, translations: NullTranslations) -> Language:
    """The language with this tag."""
    return Language(tag, str(Locale.parse(tag, sep="-").text_direction), translations)


ENGLISH = language_of(_ENGLISH, NullTranslations())


class Languages:
    """The languages, with their translations."""

    def __init__(self) -> None:
        self.by_tag: dict[str, Language] = {_ENGLISH: ENGLISH}
        for path in sorted(CATALOGUES.glob("*.po")):
            self.by_tag[path.stem] = language_of(path.stem, read_catalogue(path))

    def preferred(self, accepted: str) -> Language:
        """The language that a browser prefers, by its `Accept-Language` header (RFC 9110, section 12.5.4)."""
        weights: dict[str, float] = {}
        for part in accepted.split(",")[:_MAX_PREFERENCES]:
            tag, _, weight = part.strip().partition(";q=")
            try:
                weights[tag.strip()] = float(weight or 1)
            except ValueError:
                continue
        wanted = sorted((tag for tag, weight in weights.items() if weight > 0), key=lambda tag: -weights[tag])
        return self.by_tag[negotiate_locale(wanted, list(self.by_tag), sep="-") or _ENGLISH]

    def closest(self, tag: str) -> Language:
        """The language with this tag or, without its region or script, the beginning of it; else English."""
        while tag and tag not in self.by_tag:
            tag = tag.rpartition("-")[0]
        return self.by_tag[tag or _ENGLISH]


@cache
def read_catalogue(path: Path) -> NullTranslations:
    """The translations in a .po file, which is named after its language."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem.replace("-", "_")))
    compiled.seek(0)
    return Translations(compiled)


def message(text: str) -> str:
    """The text itself, marked as one for the catalogues."""
    return text
