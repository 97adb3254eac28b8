"""Renders templates."""

from dataclasses import fields
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from everpost.web.contexts import Context


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("everpost.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(context: Context) -> bytes:
    """The page as HTML in UTF-8."""
    template = _environment().get_template(context.template)
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return template.render(values).encode()
