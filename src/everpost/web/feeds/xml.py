"""Builds XML from texts that may contain any character."""

import re

from lxml import etree
from lxml.etree import _Element

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets"""
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def add(parent: _Element, name: str, text: str = "", **attributes: str) -> _Element:
    """Append an element, and return it. Characters that XML cannot hold are left out."""
    element = etree.SubElement(parent, name, {key: storable(value) for key, value in attributes.items()})
    if text:
        element.text = storable(text)
    return element


def storable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def serialize(root: _Element) -> bytes:
    """The document in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
