"""Bytes in a text of UTF-8 that are none: most likely Windows-1252, which other text was pasted in as."""

import codecs

FROM_WINDOWS = "everpost-windows"
"""An error handler for decoding that reads them so."""


def _from_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(FROM_WINDOWS, _from_windows)
