"""What stands before the text of a page for programs whose folders are not read. It may say that the page is
not to be shown, so it is never taken for text.
"""

import re

_NAME = r"(?:author|categor(?:y|ies)|date|description|draft|layout|published|slug|status|tags?|title)"
_FORMS = {
    re.compile(r"\{\s*:[\w.?!*+/-]+\s+\S"): "front matter in EDN is not read",
    re.compile(r"(?:<!--\s*)?\.\. [\w-]+:"): "the metadata of Nikola is not read",
    re.compile(r"#\+\w+:"): "Org is not read",
    # Not Liquid, Jinja, the attributes of kramdown and Pandoc, and the marks of CriticMarkup.
    re.compile(r"\{(?![{%#.:}+=>~-])"): "front matter in braces that is not JSON is not read",
    re.compile(rf"(?:<!--+|/\*+)\s*{_NAME}\s*[:=]", re.IGNORECASE): "front matter in a comment is not read",
    re.compile(
        rf"(?P<mark>[^\w\s])(?P=mark){{2,}}[ \t]*\r?\n\s*{_NAME}\s*[:=]", re.IGNORECASE
    ): "front matter between other marks than --- is not read",
}
"""How they begin."""


def foreign_reason(text: str, start: int) -> str:
    """Why what stands there is not read; empty where it is text."""
    return next((reason for form, reason in _FORMS.items() if form.match(text, start)), "")
