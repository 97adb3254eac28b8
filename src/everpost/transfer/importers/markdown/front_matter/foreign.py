"""Detect front matter of unsupported programs. It may hide the page, so it is never treated as text."""

import re

_NAME = r"(?:author|categor(?:y|ies)|date|description|draft|layout|published|slug|status|tags?|title)"
_FORMS = {
    re.compile(r"\{\s*:[\w.?!*+/-]+\s+\S"): "front matter in EDN is not read",
    re.compile(r"(?:<!--\s*)?\.\. [\w-]+:"): "the metadata of Nikola is not read",
    re.compile(r"#\+\w+:"): "Org is not read",
    # But not Liquid, Jinja, attributes of kramdown and Pandoc, or CriticMarkup.
    re.compile(r"\{(?![{%#.:}+=>~-])"): "front matter in braces that is not JSON is not read",
    re.compile(rf"(?:<!--+|/\*+)\s*{_NAME}\s*[:=]", re.IGNORECASE): "front matter in a comment is not read",
    re.compile(
        rf"(?P<mark>[^\w\s])(?P=mark){{2,}}[ \t]*\r?\n\s*{_NAME}\s*[:=]", re.IGNORECASE
    ): "front matter between other marks than --- is not read",
}
"""How front matter begins in these programs, and the reason for the report."""


def foreign_reason(text: str, start: int) -> str:
    """Why the front matter at this position is not read; empty if it is text."""
    return next((reason for form, reason in _FORMS.items() if form.match(text, start)), "")
