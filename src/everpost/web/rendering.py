"""Renders templates: those of a theme, and the default ones."""

from dataclasses import fields
from functools import cache, partial
from pathlib import Path

import structlog
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.meta import find_referenced_templates
from markupsafe import Markup

from everpost.errors import Misconfigured
from everpost.markup.results import RenderedComment, RenderedPost
from everpost.web.contexts import Context
from everpost.web.languages import ENGLISH, Language

TEMPLATES = "templates"
"""The folder with the templates of a theme."""
FILES = "static"
"""The folder with the files of a theme."""
_DEFAULT = "default"
"""With this prefix, the templates of a theme name the default ones."""
_DEFAULT_TEMPLATES = PackageLoader("everpost.web")


class Templates:
    """The templates of a blog. Raises Misconfigured if those of its theme do not compile, name one that does
    not exist, or are never used.
    """

    def __init__(self, theme: Path | None = None) -> None:
        self._own: BaseLoader = _DEFAULT_TEMPLATES
        if theme is not None:
            if not any((theme / name).is_dir() for name in (TEMPLATES, FILES)):
                raise Misconfigured(f"EVERPOST_THEME: the folder contains neither {TEMPLATES} nor {FILES}")
            loader = FileSystemLoader(theme / TEMPLATES)
            default = PrefixLoader({_DEFAULT: _DEFAULT_TEMPLATES})
            self._own = ChoiceLoader([loader, _DEFAULT_TEMPLATES, default])
            _check(_environment(self._own, ENGLISH), loader, _DEFAULT_TEMPLATES)

    def render(self, context: Context, language: Language) -> bytes:
        """The page as HTML in UTF-8, with Everpost's own texts in this language."""
        return _render(_environment(self._own, language), context)

    def render_error(self, context: Context, language: Language) -> bytes:
        """The same for an error page: by the default templates if those of the theme fail."""
        try:
            return self.render(context, language)
        except Exception:
            if self._own is _DEFAULT_TEMPLATES:
                raise
            structlog.get_logger("everpost").exception("The theme cannot render its error page")
            return _render(_environment(_DEFAULT_TEMPLATES, language), context)


def add_texts(environment: Environment, language: Language) -> None:
    """Let the templates call `_()` and `ngettext()`, whose texts are in this language."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        language.translations.gettext, language.translations.ngettext, newstyle=True
    )


def safe_html(rendered: RenderedPost | RenderedComment) -> Markup:
    """Rendered content for a template, which escapes everything else."""
    return Markup(rendered.html)  # noqa: S704 - sanitised by everpost.markup


@cache
def _environment(loader: BaseLoader, language: Language) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(lang=language.tag, direction=language.direction)
    environment.filters["marked"] = partial(_marked, language)
    add_texts(environment, language)
    return environment


def _marked(language: Language, text: str) -> Markup:
    """A text in this language on a blog whose language and direction may differ."""
    return Markup('<bdi lang="{}">{}</bdi>').format(language.tag, text)


def _render(environment: Environment, context: Context) -> bytes:
    template = environment.get_template(context.template)
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return template.render(values).encode()


def _check(environment: Environment, theme: BaseLoader, default: BaseLoader) -> None:
    """Compile the templates of a theme. Raises Misconfigured."""
    used: set[str | None] = {*default.list_templates()}
    own = [name for name in theme.list_templates() if "/." not in f"/{name}"]
    for name in own:
        used |= _compile(environment, theme, name)
    for name in own:
        if name not in used and None not in used:
            raise _error(name, "no page has this name, and no template uses it")


def _compile(environment: Environment, theme: BaseLoader, name: str) -> set[str | None]:
    """The templates that this one uses; None if it computes a name."""
    try:
        source, _, _ = theme.get_source(environment, name)
        environment.compile(source, name)
        used = set(find_referenced_templates(environment.parse(source)))
        for each in used - {None}:
            environment.get_template(str(each))
    except TemplateSyntaxError as error:
        raise _error(f"{name}, line {error.lineno}", error.message or "is not a template") from None
    except TemplateNotFound as error:
        raise _error(name, f"it uses {error.name}, which does not exist") from None
    except UnicodeDecodeError:
        raise _error(name, "it is not UTF-8") from None
    return used


def _error(place: str, reason: str) -> Misconfigured:
    return Misconfigured(f"EVERPOST_THEME: {TEMPLATES}/{place}: {reason}")
