"""A test language that is written from right to left: each text of the catalogues, between Arabic letters."""

from gettext import NullTranslations

from everpost.web.languages import Languages, language_of

RTL = "ar"


class Mirrored(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"ال {message} ية"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def add_mirrored(languages: Languages) -> None:
    """Offer the language to browsers and blogs that ask for Arabic."""
    languages.by_tag[RTL] = language_of(RTL, Mirrored())
