"""Renders the templates of the desk, which themes do not change."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from everpost.web.desk.languages import Language

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
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        language.translations.gettext, language.translations.ngettext, newstyle=True
    )
    return environment
