"""Attributes of elements, as the sanitizer writes them."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from everpost.markup.allow_lists import ADDRESSES
from everpost.markup.escaping import escape, unescape

_ATTRIBUTE = re.compile(r' ([a-z][a-z0-9-]*)="([^"]*)"')


def read_attributes(written: str) -> dict[str, str]:
    """The attributes, by name."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}


def write_attributes(attributes: Mapping[str, str]) -> str:
    """The attributes, each after a space."""
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def is_path(base_url: str | None) -> bool:
    """Whether the base of relative addresses is a path of the same site, so the content has a page of its own
    there, to which links within the content lead.
    """
    return base_url is not None and base_url.startswith("/")


def absolute(attributes: dict[str, str], base_url: str | None) -> None:
    """Make the addresses absolute."""
    if base_url is None:
        return
    for name in ADDRESSES & attributes.keys():
        try:
            attributes[name] = urljoin(base_url, attributes[name])
        except ValueError:
            del attributes[name]
    if "srcset" in attributes:
        attributes["srcset"] = urljoin(base_url, attributes["srcset"])
