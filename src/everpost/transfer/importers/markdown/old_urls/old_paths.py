"""The old paths of a page: where its generator had it, and where it redirected from."""

from collections.abc import Iterator

from everpost.transfer.importers.formats.old_paths import old_paths, prefix_of
from everpost.transfer.importers.markdown.configuration.blogs import base_url_of
from everpost.transfer.importers.markdown.configuration.sites import Generator
from everpost.transfer.importers.markdown.front_matter.fields import texts_of
from everpost.transfer.importers.markdown.old_urls.generators import urls_of
from everpost.transfer.importers.markdown.old_urls.patterns import Underivable
from everpost.transfer.importers.markdown.old_urls.source_page import SourcePage

ALIASES = ("aliases", "redirect_from", "alias")
"""Fields with further URLs: of Hugo and Zola, and of plugins of Jekyll and Hexo."""


def paths_of(page: SourcePage, *, is_jekyll: bool, changes: list[str]) -> tuple[str, ...]:
    """The old paths, the latest first. A URL that only the generator can tell is added to the changes."""
    urls: list[str] = []
    try:
        urls += urls_of(page, page.site.generator, is_jekyll=is_jekyll)
    except Underivable:
        changes.append("its old path is not known, because only the generator can fill its permalink")
    urls += _aliases(page, urls[0] if urls else "/")
    site = base_url_of(page.site)
    below = [f"{prefix_of(site)}/{url.lstrip('/')}" if "://" not in url else url for url in urls]
    return tuple(path for path in old_paths(site, *(_without_double_slashes(url) for url in below)))


def _aliases(page: SourcePage, url: str) -> Iterator[str]:
    """In Hugo, a relative alias is beside the page."""
    folder = url.rstrip("/").rpartition("/")[0] if page.site.generator is Generator.HUGO else ""
    for alias in (text for name in ALIASES for text in texts_of(page.fields.get(name))):
        yield alias if alias.startswith("/") or "://" in alias else f"{folder}/{alias}"


def _without_double_slashes(url: str) -> str:
    """An empty field, such as `:categories`, leaves two slashes in a URL."""
    scheme, mark, rest = url.rpartition("://")
    while "//" in rest:
        rest = rest.replace("//", "/")
    return f"{scheme}{mark}{rest}"
