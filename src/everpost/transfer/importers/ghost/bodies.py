"""The body of a Ghost post: HTML, a document that is rendered as HTML, or Markdown."""

import json
from collections.abc import Callable, Mapping

from everpost.domain.posts import PostFormat
from everpost.transfer.importers.ghost.cards import Body
from everpost.transfer.importers.ghost.lexical import render_lexical
from everpost.transfer.importers.ghost.mobiledoc import render_mobiledoc

_SITE = "__GHOST_URL__"
"""The placeholder in exports for the URL of the site."""
_RENDERERS: tuple[tuple[str, Callable[[object], Body]], ...] = (
    ("lexical", render_lexical),
    ("mobiledoc", render_mobiledoc),
)


def read_body(row: Mapping[str, object], site: str, changes: list[str]) -> tuple[str, PostFormat]:
    """The content and its format. Changes are appended to `changes`."""
    content, written_in = _body(row, changes)
    if _SITE in content:
        content = content.replace(_SITE, site.rstrip("/"))
        if not site:
            changes.append("links to its own site have no host: use --site to set it")
    return content, written_in


def _body(row: Mapping[str, object], changes: list[str]) -> tuple[str, PostFormat]:
    written = row.get("html")
    if isinstance(written, str) and written.strip():
        return written, PostFormat.HTML
    for name, render in _RENDERERS:
        source = row.get(name)
        if not isinstance(source, str) or not source.strip():
            continue
        try:
            body = render(json.loads(source))
        except (ValueError, RecursionError):
            changes.append(f"its {name} is malformed, and was kept unchanged")
            return source, PostFormat.MARKDOWN
        changes += [f"{each} was left out" for each in body.lost]
        return body.text(), PostFormat.MARKDOWN if body.has_markdown else PostFormat.HTML
    markdown = row.get("markdown")  # Ghost 0.11
    if isinstance(markdown, str) and markdown.strip():
        return markdown, PostFormat.MARKDOWN
    plaintext = row.get("plaintext")
    if isinstance(plaintext, str) and plaintext.strip():
        changes.append("its only content was plain text")
        return plaintext, PostFormat.MARKDOWN
    return "", PostFormat.HTML
