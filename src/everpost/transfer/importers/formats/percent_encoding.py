"""Percent-encoding in URLs and slugs."""

from urllib.parse import unquote

from everpost.transfer.importers.formats.windows_1252 import FROM_WINDOWS

_ASCII = 128


def percent_decoded(text: str) -> str:
    """Decode percent-encoding as UTF-8, whose last character may have been truncated by an old database, or
    else as Windows-1252, which old programs used.
    """
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and text.isascii()
        if is_cut and any(byte >= _ASCII for byte in error.object[: error.start]):
            return unquote(text, errors="ignore")
        return unquote(text, errors=FROM_WINDOWS)
