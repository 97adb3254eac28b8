"""Code and formulas in sanitized HTML."""

from dataclasses import dataclass

from everpost.markup.escaping import unescape
from everpost.markup.highlighting import MAX_CODE, highlighted
from everpost.markup.mathml import mathml

MATH, DISPLAYED_MATH = "language-math", "language-math-display"
"""Classes of code that is a formula; the second is for one that has a line of its own inside a paragraph."""


@dataclass(slots=True)
class Code:
    """Renders the code of one post, up to the limit for highlighting."""

    _size: int = 0

    def block(self, language: str, escaped: str, *, has_formulas: bool) -> str:
        """A block of code, highlighted, or a formula on lines of its own."""
        code = unescape(escaped)
        if (
            has_formulas
            and f"language-{language}" == MATH
            and (formula := self._formula(code, is_block=True))
        ):
            return formula
        self._size += len(code)
        shown = highlighted(code, unescape(language)) if self._size <= MAX_CODE else None
        inside = escaped if shown is None else shown
        return f'<pre tabindex="0"><code class="language-{language}">{inside}</code></pre>'

    def formula(self, escaped: str, *, is_displayed: bool) -> str:
        """A formula in a line of text; its source if it is not valid."""
        shown = self._formula(unescape(escaped), is_block=is_displayed)
        return f'<code class="{MATH}">{escaped}</code>' if shown is None else shown

    def _formula(self, source: str, *, is_block: bool) -> str | None:
        self._size += len(source)
        return mathml(source.strip(), is_block=is_block) if self._size <= MAX_CODE else None
