"""`python -m devtools.theme_variables`: writes the tables of docs/themes.md, from the contexts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "themes.md"
_SOURCES = PROJECT / "src" / "everpost" / "web" / "contexts"
_START, _END = "<!-- tables: make docs -->\n", "<!-- end of the tables -->\n"
_WORDS = {"str": "text", "bool": "true or false", "int": "number", "Markup": "HTML", "object": "anything"}


def with_tables(page: str) -> str:
    """The page with current tables."""
    before, rest = page.split(_START)
    after = rest.split(_END)[1]
    return f"{before}{_START}\n{_tables()}\n{_END}{after}"


def _tables() -> str:
    values, pages = (
        [node for node in ast.parse((_SOURCES / file).read_text()).body if isinstance(node, ast.ClassDef)]
        for file in ("values.py", "pages.py")
    )
    names = {each.name for each in values}
    return "\n".join(_table(each, names) for each in (*pages, *values))


def _table(node: ast.ClassDef, names: set[str]) -> str:
    fields = list(_fields(node))
    template = next((value for name, _, value in fields if name == "template"), "")
    title = template or ("Every template" if node.name == "Context" else node.name)
    rows = [
        f"| `{name}` | {_type(kind, names)} | {about} |" for name, kind, about in fields if name != "template"
    ]
    return f"### {title}\n\n{ast.get_docstring(node)}\n\n" + "\n".join(
        ["| variable | type | meaning |", "|---|---|---|", *rows, ""]
    )


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """The name, the type and the meaning of each field; of `template`, its value."""
    following = [*node.body[1:], None]
    for each, after in zip(node.body, following, strict=True):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            about = after.value if isinstance(after, ast.Expr) else None
            if each.target.id == "template":
                about = each.value
            text = about.value if isinstance(about, ast.Constant) else ""
            kind = each.annotation
            yield each.target.id, ast.unparse(kind).strip("'"), " ".join(str(text).split())


def _type(kind: str, names: set[str]) -> str:
    if kind.endswith(" | None"):
        return f"{_type(kind.removesuffix(' | None'), names)}, or none"
    if found := re.fullmatch(r"tuple\[(.*), \.\.\.\]", kind):
        return f"list of {_type(found[1], names)}"
    if kind == "tuple[str, str]":
        return "pairs of texts"
    if found := re.fullmatch(r"Mapping\[str, (.*)\]", kind):
        return f"mapping of texts to {_type(found[1], names)}"
    return f"[{kind}](#{kind.lower()})" if kind in names else _WORDS[kind]


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
