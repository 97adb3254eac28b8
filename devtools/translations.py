"""`python -m devtools.translations`: adds new texts of pages to the catalogues, and removes old ones.

Catalogues have no line numbers and are sorted, so that changes of different pages merge. A conflict in
a catalogue is resolved with the texts of both sides.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from everpost.web.languages import CATALOGUES

WEB = CATALOGUES.parent
_CONFLICT = "\n<<<<<<< "
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "message": None,
    "text": None,
    "plural": (2, 3),
}
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def current_texts() -> Catalog:
    """The texts in the code and in the templates."""
    texts = Catalog()
    for _, _, text, _, _ in extract_from_dir(WEB, _METHODS, _OPTIONS, keywords=_KEYWORDS):
        texts.add(text)
    return texts


def read(path: Path) -> Catalog:
    """A catalogue, whose file is named after its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.replace("-", "_"))


def _merged(path: Path) -> Catalog:
    """The texts of both sides of a merge that has a conflict in this file."""
    both = Catalog(locale=path.stem.replace("-", "_"))
    for side in ("2", "3"):
        shown = subprocess.run(
            ["git", "show", f":{side}:./{path.name}"],
            cwd=path.parent,
            check=True,
            capture_output=True,
        )
        for each in read_po(BytesIO(shown.stdout), locale=both.locale):
            if each.id:
                both.add(each.id, each.string)
    return both


def missing_in(catalogue: Catalog) -> list[str]:
    """The texts that the catalogue does not translate."""
    return [str(each.id) for each in catalogue if each.id and not _is_translated(each.string)]


def _is_translated(text: str | Sequence[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)


def main() -> None:
    texts = current_texts()
    for path in sorted(CATALOGUES.glob("*.po")):
        catalogue = read(path) if _CONFLICT not in path.read_text() else _merged(path)
        catalogue.update(texts, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(
                file,
                catalogue,
                width=100,
                no_location=True,
                omit_header=True,
                sort_output=True,
                ignore_obsolete=True,
            )
        for each in missing_in(catalogue):
            sys.stdout.write(f"{path.stem}: {each!r} is not translated\n")


if __name__ == "__main__":
    main()
