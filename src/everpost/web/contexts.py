"""The variables of templates. A theme may use all of them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: `label` is plain text."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time, for people in the language and time zone of the blog, and for programs."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The blog."""

    title: str
    language: str
    direction: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The variables of every template."""

    template: ClassVar[str]

    site: Site
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A post in a list."""

    title: str
    url: str
    published: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Context):
    template: ClassVar[str] = "public/home.html"

    posts: tuple[Summary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Context):
    template: ClassVar[str] = "public/error.html"

    message: str
