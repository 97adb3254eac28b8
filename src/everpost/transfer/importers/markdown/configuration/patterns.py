"""Match paths against patterns from configurations."""

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate

_LONGEST = 200
"""Characters of the longest pattern that is used."""
_LONGEST_PATH = 250
_MOST = 50
"""The most patterns that are used, and the most alternatives of one pattern with braces."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_UNKNOWN_IN_GLOBS = re.compile(r"[@+!?*]\(|\\|\.\.")
"""Syntax that libraries interpret differently, or that `fnmatch` does not support."""
_UNKNOWN_IN_EXPRESSIONS = re.compile(
    r"\\[^\W\dbBdDsSwW]|\\\d|\(\?(?!:)|\[\[|&&|--|\|\||~~"  # differs between Go and Python
    r"|\)[*+{?]"  # may take exponential time
)
_REPETITION = re.compile(r"[*+{]")
_CHOICE = re.compile(r"[?|]")
_HIGHEST_COST = 12
"""The limit for an expression: a repetition multiplies its time by the length of the path, a choice by two.
"""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a setting."""

    expressions: tuple[re.Pattern[str], ...] = ()
    is_understood: bool = True
    """Whether all patterns of the setting are included."""

    def match(self, place: str) -> bool | None:
        """Whether a pattern matches the path, or its end from any folder on; None if that is unknown."""
        if len(place) > _LONGEST_PATH:
            return None if self.expressions or not self.is_understood else False
        if any(each.search(end) for end in _ends(place) for each in self.expressions):
            return True
        return False if self.is_understood else None


def globs(texts: Iterable[str]) -> Patterns:
    """Glob patterns. If programs differ, more is matched: next to a `/`, `*` also matches `/`."""
    expressions: list[re.Pattern[str]] = []
    is_understood = True
    for text in texts:
        if text.startswith("!"):
            continue  # an exception
        try:
            expressions += [_glob(each) for each in _alternatives(text)]
        except ValueError:
            is_understood = False
    return _limited(expressions, is_understood=is_understood)


def _glob(text: str) -> re.Pattern[str]:
    """Compile a pattern. Without `/`, it matches the name of a file or a folder."""
    is_name = "/" not in text and "**" not in text
    return re.compile(rf"\A{'(?!.*/)' if is_name else ''}{translate(text)}", re.DOTALL)


def expressions(texts: Iterable[str]) -> Patterns:
    """Regular expressions of Go. Only those that mean the same in Python and are fast are used."""
    used: list[re.Pattern[str]] = []
    is_understood = True
    for text in texts:
        try:
            used.append(_expression(text))
        except (ValueError, re.error, Warning, OverflowError, RecursionError):
            is_understood = False
    return _limited(used, is_understood=is_understood)


def _expression(text: str) -> re.Pattern[str]:
    """Compile an expression. Raises ValueError, re.error, Warning and others if it is not understood, or may
    be slow.
    """
    bare = re.sub(r"\\.", "", text[:_LONGEST])
    cost = 6 * len(_REPETITION.findall(bare)) + len(_CHOICE.findall(bare))
    if len(text) > _LONGEST or cost > _HIGHEST_COST or _UNKNOWN_IN_EXPRESSIONS.search(text):
        raise ValueError
    with warnings.catch_warnings(action="error"):
        return re.compile(text)


def _limited(used: list[re.Pattern[str]], *, is_understood: bool) -> Patterns:
    return Patterns(tuple(used[:_MOST]), is_understood=is_understood and len(used) <= _MOST)


def _ends(place: str) -> Iterator[str]:
    """The path with a leading slash, and each of its ends, the longest first."""
    yield f"/{place}"
    parts = place.split("/")
    yield from ("/".join(parts[start:]) for start in range(len(parts)))


def _alternatives(text: str) -> list[str]:
    """Expand braces. Raises ValueError if the pattern is not understood."""
    if len(text) > _LONGEST or _UNKNOWN_IN_GLOBS.search(text):
        raise ValueError
    bare = text.strip().removeprefix("./").lstrip("/").replace("[^", "[!")
    waiting = [bare.removeprefix("**/").replace("/**/", "/{,*/}")]
    done: list[str] = []
    while waiting:
        each = waiting.pop()
        found = _BRACES.search(each)
        if found is None:
            bare = each.lstrip("/")
            done.append(f"{bare}*" if bare.endswith("/") else bare)
        else:
            waiting += [each[: found.start()] + one + each[found.end() :] for one in found[1].split(",")]
        if len(waiting) + len(done) > _MOST or (found is None and re.search(r"[{}]", each)):
            raise ValueError
    return done
