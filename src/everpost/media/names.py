"""Names of uploaded files, as they appear in URLs."""

import re

from everpost.domain.media.types import MediaType
from everpost.domain.text import slug_from

_LONGEST = 1_000
"""Characters of a name that are read."""
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_EXTENSION = re.compile(r"\.\w{1,5}\s*\Z")
_RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Names that Windows reserves, whatever their extension."""


def safe_name(name: str, type_: MediaType) -> str:
    """A name for a file of this type, from the name that was sent: at most 80 ASCII letters, digits and
    hyphens, and the extension of the type. Folders are removed, other scripts are transliterated.
    """
    stem = _EXTENSION.sub("", _FOLDERS.sub("", name[-_LONGEST:]))
    slug = slug_from(stem, default="file")
    if _RESERVED.fullmatch(slug):
        slug += "-file"
    return slug + type_.extension
