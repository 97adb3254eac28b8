"""Determine the languages of pages, and select those that are imported."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from everpost.errors import Invalid
from everpost.transfer.importers.markdown.configuration.sites import Generator, Site
from everpost.transfer.importers.markdown.page import MarkdownPage

_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de"
    " dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id"
    " ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu"
    " lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu"
    " rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr"
    " ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_CODES = frozenset(_ISO_639_1.split())
_CODE = re.compile(r"([a-z]{2,3})([-_](?:[a-z]{2,4}|\d{3})){0,2}", re.IGNORECASE | re.ASCII)
_INNER_EXTENSION = re.compile(r"(?<=.)\.html?$", re.IGNORECASE)
"""The inner extension of `post.fr.html.md`."""
_FIELDS = ("lang", "language", "locale")
_CONTENT = frozenset({"content", "contents", "src", "source", "posts", "_posts", "blog", "articles"})
"""Folders that may contain the folders of languages."""
_ENGLISH_UNLESS_SAID = frozenset({Generator.HUGO, Generator.ZOLA, Generator.PELICAN})


class Languages:
    """Selects the pages to import by their language."""

    def __init__(self, site: Site, places: Iterable[str], wanted: str | None) -> None:
        """Raises Invalid("language") if the folder has several languages and the choice is unclear."""
        self._wanted = _normal(wanted or "")
        self._has_field = site.generator not in {Generator.HUGO, Generator.ZOLA} and bool(
            wanted or site.settings.get("languages") or site.generator is Generator.PELICAN
        )
        self._configured = frozenset(map(_normal, site.languages))
        self._of_folders, self._of_names, has_plain_twins = _detect_languages(
            places, self._configured, self._wanted
        )
        present = self._of_folders | self._of_names
        default = _normal(site.default_language)
        if not default and site.generator in _ENGLISH_UNLESS_SAID:
            default = "en"
        self._unmarked = default or ("" if _is_in(present, self._wanted) else self._wanted)
        """The language of pages that do not specify one."""
        self._chosen = self._wanted
        self.seen: set[str] = set()
        """The languages of all pages so far; an empty text stands for pages that do not specify one."""
        if not wanted and (present or self._configured):
            self._chosen = self._unmarked
            is_certain = has_plain_twins or site.default_language or _is_in(present, self._chosen)
            if present and not is_certain:
                codes = ", ".join(sorted(present))
                raise Invalid("language", f"the folder has pages in {codes}: choose one with --language")

    def of(self, place: str, page: MarkdownPage) -> str:
        """The language of the page, from its fields, name or folder; empty if unspecified."""
        written = next((text for name in _FIELDS if (text := page.text(name))), "") if self._has_field else ""
        folder = next((_normal(part) for part in _folders(place) if _normal(part) in self._of_folders), "")
        return _normal(written) or _suffix(place, self._of_names)[1] or folder

    def reason_against(self, place: str, page: MarkdownPage) -> str:
        """Why the page is not imported; empty if it is."""
        code = self.of(place, page)
        self.seen.add(code)
        if not self._chosen and (not code or not self._of_folders | self._of_names):
            return ""
        if _is_in({code or self._unmarked}, self._chosen):
            return ""
        return f"it is in another language: {(code or self._unmarked)!r}"

    def bare(self, place: str) -> str:
        """The path without the language in the file name."""
        return _suffix(place, self._of_names)[0]

    def require_any(self) -> None:
        """Raise Invalid("language") if there were pages, but none in the language."""
        others = sorted({code or self._unmarked for code in self.seen})
        if self._wanted and others and not _is_in(others, self._wanted):
            named = ", ".join(filter(None, others)) or "a language that the pages do not name"
            raise Invalid("language", f"no page is in {self._wanted!r}: they are in {named}")


def _detect_languages(
    places: Iterable[str], configured: frozenset[str], wanted: str
) -> tuple[frozenset[str], frozenset[str], bool]:
    """The languages of folders, the languages in file names, and whether there are pages without a language
    in their name that have translations with one.
    """
    known = configured | ({wanted} if wanted else set())
    folders: set[str] = set()
    variants: defaultdict[str, set[str]] = defaultdict(set)
    for place in places:
        folders.update(code for part in _folders(place) if (code := _normal(part)) in known or _is_code(part))
        bare, code = _suffix(place, None)
        variants[bare].add(code if code in known or code[:2] in _CODES else "")
    several = [codes for codes in variants.values() if len(codes) > 1]
    of_names = {code for codes in several for code in codes} | (known & set().union(*variants.values()))
    if not folders & known and not (len(folders) > 1 and "en" in folders):
        folders = set()  # topics such as `ml` and `os`, not languages
    return frozenset(folders), frozenset(of_names - {""}), any("" in codes for codes in several)


def _folders(place: str) -> list[str]:
    """The folder that may be that of a language: the first one outside the folders of content."""
    parts = place.split("/")[:-1]
    while parts and parts[0] in _CONTENT:
        parts = parts[1:]
    return parts[:1]


def _suffix(place: str, known: frozenset[str] | None) -> tuple[str, str]:
    """The path without the language in its name, and the language. With None, any code is a language."""
    path = PurePosixPath(place)
    whole = _INNER_EXTENSION.sub("", path.stem)
    ending = path.name[len(whole) :]
    stem, _, code = whole.rpartition(".")
    if not stem or not _CODE.fullmatch(code) or (known is not None and _normal(code) not in known):
        return (place if known is not None else str(path.with_name(whole))), ""
    bare = path.with_name(stem + ending) if known is not None else path.with_name(stem)
    return str(bare), _normal(code)


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and text[:2].lower() in _CODES and (len(text) == 2 or text[2] in "-_")


def _is_in(codes: Iterable[str], wanted: str) -> bool:
    """Whether one of the codes is the language. Codes such as `pt` and `pt-br` match if only one has a
    region.
    """
    return any(
        code == wanted or wanted in code.split("-")[:1] or code in wanted.split("-")[:1] for code in codes
    )


def _normal(code: str) -> str:
    return code.strip().lower().replace("_", "-")
