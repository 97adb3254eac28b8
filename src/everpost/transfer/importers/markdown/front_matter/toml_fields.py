"""Parse TOML 1.0, with extensions that Hugo and Zola accept."""

import re
import tomllib

from everpost.transfer.importers.markdown.front_matter.fields import FrontMatter, Unreadable

_LONG_KEY = re.compile(
    r"""(?<![\w"'-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""",
    re.ASCII,
)
"""A key with too many parts: tomllib's memory grows at least with the square of their number.
https://github.com/python/cpython/issues/149231
"""
_WITHOUT_SECONDS = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?=[Zz+\-\s#]|\Z)", re.MULTILINE | re.ASCII
)
"""A time without seconds, which TOML 1.1 and Zola accept."""


_DATE = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*)(\d{4}-\d\d?-\d\d?(?:[Tt ][\d:.]+)?(?:[Zz]|[+-][\d:]+)?)(?=\s|#|\Z)",
    re.MULTILINE | re.ASCII,
)


def read_toml(text: str) -> FrontMatter:
    """Parse TOML. Invalid dates are kept as text. Raises Unreadable."""
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


def _read(text: str) -> FrontMatter:
    try:
        return FrontMatter(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) - 1 if found else text.count("\n")
        raise Unreadable(f"not TOML: {error}", line) from error
    except (ValueError, RecursionError) as error:  # invalid dates, deep nesting
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(f"not TOML: {reason}") from error
