"""Line endings of texts in forms.

Browsers normalize the line endings of a `textarea` to CR LF when they send it, whatever they were
(https://html.spec.whatwg.org/multipage/form-elements.html#the-textarea-element). So a text is compared with
the one from which it was made, whose line endings are put back.
"""

import re
from collections import Counter

from everpost.domain.writing.differences import matches

_ENDING = re.compile("\r\n|\r|\n")


def with_line_feeds(text: str) -> str:
    """The text with LF at the end of each line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def restored(typed: str, stored: str = "") -> str:
    """The text with the line endings of the stored text from which it was made: those of the lines that it
    still has, and the most frequent one for new lines. Without a stored text, LF. The largest
    texts take seconds: call this outside of the event loop.
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
    for here, there, length in matches(_ENDING.split(stored), lines):
        # The last line of a text has no ending.
        kept = min(length, len(known) - here, len(endings) - there)
        endings[there : there + kept] = known[here : here + kept]
    return "".join(line + ending for line, ending in zip(lines, [*endings, ""], strict=True))
