"""TOML 1.0, as Python reads it, with what Hugo and Zola take besides."""

import re
import tomllib

from everpost.transfer.importers.markdown.front_matter.fields import Fields, Unreadable

_LONG_KEY = re.compile(
    r"""(?<![\w"'-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""",
    re.ASCII,
)
"""Keys of very many parts take tomllib memory that grows with the square of their length, and more:
https://github.com/python/cpython/issues/149231
"""
_WITHOUT_SECONDS = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?=[Zz+\-\s#]|\Z)", re.MULTILINE | re.ASCII
)
"""A date as TOML 1.1 and Zola take it."""


_DATE = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*)(\d{4}-\d\d?-\d\d?(?:[Tt ][\d:.]+)?(?:[Zz]|[+-][\d:]+)?)(?=\s|#|\Z)",
    re.MULTILINE | re.ASCII,
)


def read_toml(text: str) -> Fields:
    """What it says; dates that there are not are texts. Unreadable."""
    if found := _LONG_KEY.search(text):
        raise Unreadable("not TOML: a key has more than 100 parts", text.count("\n", 0, found.start()))
    lines = _WITHOUT_SECONDS.sub(r"\1:00", text.replace("\r\n", "\n"))
    try:
        return _read(lines)
    except Unreadable:
        quoted = _DATE.sub(r'\1"\2"', lines)
        if quoted == lines:
            raise
        return _read(quoted)


def _read(text: str) -> Fields:
    try:
        return Fields(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) - 1 if found else text.count("\n")
        raise Unreadable(f"not TOML: {error}", line) from error
    except (ValueError, RecursionError) as error:  # dates that there are not, endless nesting
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(f"not TOML: {reason}") from error
