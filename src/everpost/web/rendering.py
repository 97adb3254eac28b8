"""Renders templates."""

from dataclasses import fields
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from everpost.markup.results import RenderedComment, RenderedPost
from everpost.web.contexts import Context


def english(text: str) -> Markup:
    """A text of Everpost, marked as English on blogs in any language and direction."""
    return Markup('<bdi lang="en">{}</bdi>').format(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("everpost.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["en"] = english
    return environment


def safe_html(rendered: RenderedPost | RenderedComment) -> Markup:
    """Rendered content for a template, which escapes everything else."""
    return Markup(rendered.html)  # noqa: S704 - sanitised by everpost.markup


def render(context: Context) -> bytes:
    """The page as HTML in UTF-8."""
    template = _environment().get_template(context.template)
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return template.render(values).encode()
