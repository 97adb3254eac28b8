"""Decode invalid UTF-8 as Windows-1252, in which text was most likely pasted from elsewhere."""

import codecs

FROM_WINDOWS = "everpost-windows"
"""The name of the error handler for `bytes.decode`."""


def _from_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(FROM_WINDOWS, _from_windows)
