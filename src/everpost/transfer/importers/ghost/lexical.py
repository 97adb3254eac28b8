"""Render Lexical, in which Ghost stores posts since version 5, as HTML.

https://github.com/TryGhost/Koenig/tree/main/packages/kg-lexical-html-renderer
"""

import html

from everpost.transfer.importers.ghost.cards import Body, Payload, tag, text_value

MOST_LEVELS = 100
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup", 128: "mark"}
"""The bits of a text node's format: LexicalConstants.ts in https://github.com/facebook/lexical"""
_SPACES = {"linebreak": "<br>", "tab": "\t"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def render_lexical(document: object) -> Body:
    """The body in a document, as far as that is valid."""
    body = Body()
    root = document.get("root") if isinstance(document, dict) else None
    for node in _children(root if isinstance(root, dict) else {}):
        _add_block(body, node)
    return body


def _add_block(body: Body, node: Payload) -> None:
    match _kind(node):
        case "paragraph":
            body.add(tag("p", _inside(body, node)))
        case "heading":
            name = text_value(node, "tag")
            body.add(tag(name if name in _HEADINGS else "h2", _inside(body, node)))
        case "quote":
            body.add(tag("blockquote", _inside(body, node)))
        case "aside":
            body.add(tag("blockquote", _inside(body, node)))
        case "list":
            body.add(_list(body, node, 0))
        case "text" | "link" | "autolink" | "linebreak" | "tab":
            body.add(tag("p", _inline(body, node, 0)))
        case kind:
            body.add_card(kind, node)


def _list(body: Body, node: Payload, level: int) -> str:
    items: list[str] = []
    for child in _children(node):
        checked = child.get("checked")
        box = ""
        if text_value(node, "listType") == "check" and isinstance(checked, bool):
            box = '<input type="checkbox" disabled' + (" checked> " if checked else "> ")
        items.append(tag("li", box + _inside(body, child, level + 1)))
    if text_value(node, "listType") != "number":
        return tag("ul", "".join(items))
    start = node.get("start")
    return tag("ol", "".join(items), start=str(start) if isinstance(start, int) and start != 1 else "")


def _inside(body: Body, node: Payload, level: int = 0) -> str:
    return "".join(_inline(body, child, level + 1) for child in _children(node))


def _inline(body: Body, node: Payload, level: int) -> str:
    if level > MOST_LEVELS:
        body.lost.append("content nested too deeply")
        return ""
    kind = _kind(node)
    if kind in _SPACES:
        return _SPACES[kind]
    if kind == "text":
        return _text(node)
    if kind == "list":
        return _list(body, node, level)
    inside = _inside(body, node, level)
    if kind in {"link", "autolink"}:
        return tag("a", inside, href=text_value(node, "url"), title=text_value(node, "title"))
    if kind not in {"paragraph", "listitem"}:
        body.lost.append(f"a node {kind[:40]!r}")
    return inside


def _text(node: Payload) -> str:
    written = html.escape(text_value(node, "text"), quote=False)
    bits = node.get("format")
    for bit, name in _FORMATS.items():
        if isinstance(bits, int) and bits & bit:
            written = tag(name, written)
    return written


def _kind(node: Payload) -> str:
    """The type, where Ghost's extended nodes have the type of the node that they extend."""
    return text_value(node, "type").removeprefix("extended-")


def _children(node: Payload) -> list[Payload]:
    children = node.get("children")
    return [child for child in children if isinstance(child, dict)] if isinstance(children, list) else []
