"""The settings of the blog in the configuration of a site."""

from collections.abc import Iterator, Mapping, Sequence

from everpost.transfer.importers.markdown.configuration.sites import Generator, Site
from everpost.transfer.importers.markdown.front_matter.fields import lowered, text_of
from everpost.transfer.importers.model import SourceBlog

_LANGUAGES: Sequence[str] = ("languagecode", "defaultcontentlanguage", "default_language", "lang", "locale")


def blog_of(site: Site, language: str | None) -> Iterator[SourceBlog]:
    """The settings of the blog, if there are any. Those of the imported language, or else of the default one,
    come first.
    """
    own = lowered(lowered(site.settings.get("languages")).get((language or site.default_language).lower()))
    places = (own, lowered(own.get("params")), site.settings, lowered(site.settings.get("params")))
    blog = SourceBlog(
        title=_first(places, "title"),
        description=_first(places, "description", "subtitle"),
        language=language or _language(site, places),
        time_zone=site.timezone,
        base_url=_base_url(site, places),
    )
    if site.settings and blog != SourceBlog():
        yield blog


def base_url_of(site: Site) -> str:
    """The URL of the home page; empty if the configuration does not have it."""
    return _base_url(site, (site.settings, lowered(site.settings.get("params"))))


def _language(site: Site, places: Sequence[Mapping[str, object]]) -> str:
    if site.generator is Generator.HEXO:  # a list, if there are several
        return next(iter(site.texts("language")), "")
    return _first(places, *_LANGUAGES)


def _base_url(site: Site, places: Sequence[Mapping[str, object]]) -> str:
    """The URL of the home page. Jekyll has its path in a setting of its own."""
    url = _first(places, "baseurl", "base_url", "url")
    if site.generator is Generator.JEKYLL:
        path = site.text("baseurl").strip("/")
        url = f"{site.text('url').rstrip('/')}/{path}" if site.text("url") else ""
    return url.strip().rstrip("/")


def _first(places: Sequence[Mapping[str, object]], *names: str) -> str:
    """The first of these settings that is not empty, in the first place that has one."""
    found = (text_of(place.get(name)).strip() for place in places for name in names)
    return next((text for text in found if text), "")
