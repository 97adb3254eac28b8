"""Renders the templates of the desk, which themes do not change."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from everpost.web.languages import Language
from everpost.web.rendering import add_texts

FOLDER = "templates/desk"


def render(template: str, language: Language, values: dict[str, object]) -> bytes:
    """The page as HTML in UTF-8."""
    return _environment(language).get_template(template).render(values).encode()


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("everpost.web", FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    add_texts(environment, language)
    return environment
