"""Line endings of texts in forms.

Browsers normalise the line endings of a `textarea` to CR LF when they send it, whatever they were
(https://html.spec.whatwg.org/multipage/form-elements.html#the-textarea-element). So a text is compared with
the one from which it was made, whose line endings are put back.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_ENDING = re.compile("\r\n|\r|\n")
_MOST_COMPARED = 10_000_000
"""The maximum product of the numbers of lines to compare line by line."""


def with_line_feeds(text: str) -> str:
    """The text with LF at the end of each line."""
    return _ENDING.sub("\n", text)


def restored(typed: str, stored: str = "") -> str:
    """The text with the line endings of the stored text from which it was made: those of the lines that it
    still has, and the most frequent one for new lines. Without a stored text, LF.
    """
    typed = with_line_feeds(typed)
    if "\r" not in stored:
        return typed
    if typed == with_line_feeds(stored):
        return stored
    known = _ENDING.findall(stored)
    [(usual, count)] = Counter(known).most_common(1)
    if count == len(known):
        return typed.replace("\n", usual)
    lines = typed.split("\n")
    endings = [usual] * (len(lines) - 1)
    for here, there in _common_lines(_ENDING.split(stored), lines):
        if here < len(known) and there < len(endings):
            endings[there] = known[here]
    return "".join(line + ending for line, ending in zip(lines, [*endings, ""], strict=True))


def _common_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The positions in both of the lines that both have."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        yield start, start
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
        yield len(old) - end, len(new) - end
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    if len(old_part) * len(new_part) <= _MOST_COMPARED:
        for first, second, size in SequenceMatcher(None, old_part, new_part).get_matching_blocks():
            yield from ((start + first + each, start + second + each) for each in range(size))
