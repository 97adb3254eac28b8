"""Renders templates: those of a theme, and the default ones."""

from dataclasses import fields
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

TEMPLATES = "templates"
"""The folder with the templates of a theme."""
FILES = "static"
"""The folder with the files of a theme."""
_DEFAULT = "default"
"""With this prefix, the templates of a theme name the default ones."""


class Templates:
    """The templates of a blog. Raises Misconfigured if those of its theme do not compile, name one that does
    not exist, or are never used.
    """

    def __init__(self, theme: Path | None = None) -> None:
        default = PackageLoader("everpost.web")
        self._default = _environment(default)
        self._own = self._default
        if theme is not None:
            if not any((theme / name).is_dir() for name in (TEMPLATES, FILES)):
                raise Misconfigured(f"EVERPOST_THEME: the folder contains neither {TEMPLATES} nor {FILES}")
            loader = FileSystemLoader(theme / TEMPLATES)
            self._own = _environment(ChoiceLoader([loader, default, PrefixLoader({_DEFAULT: default})]))
            _check(self._own, loader, default)

    def render(self, context: Context) -> bytes:
        """The page as HTML in UTF-8."""
        return _render(self._own, context)

    def render_error(self, context: Context) -> bytes:
        """The same for an error page: by the default templates if those of the theme fail."""
        try:
            return _render(self._own, context)
        except Exception:
            if self._own is self._default:
                raise
            structlog.get_logger("everpost").exception("The theme cannot render its error page")
            return _render(self._default, context)


def english(text: str) -> Markup:
    """A text of Everpost, marked as English on blogs in any language and direction."""
    return Markup('<bdi lang="en">{}</bdi>').format(text)


def safe_html(rendered: RenderedPost | RenderedComment) -> Markup:
    """Rendered content for a template, which escapes everything else."""
    return Markup(rendered.html)  # noqa: S704 - sanitised by everpost.markup


def _environment(loader: BaseLoader) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["en"] = english
    return environment


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
