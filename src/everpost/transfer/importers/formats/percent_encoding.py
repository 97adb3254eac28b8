"""Percent-encoding, in addresses and slugs."""

from urllib.parse import unquote

from everpost.transfer.importers.formats.windows_1252 import FROM_WINDOWS

_ASCII = 128


def percent_decoded(text: str) -> str:
    """The text without percent-encoding. That is UTF-8, of which old databases cut the last character, or,
    where it is not, Windows-1252, as old programs write it.
    """
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and text.isascii()
        if is_cut and any(byte >= _ASCII for byte in error.object[: error.start]):
            return unquote(text, errors="ignore")
        return unquote(text, errors=FROM_WINDOWS)
