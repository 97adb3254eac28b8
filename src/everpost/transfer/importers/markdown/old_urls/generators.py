"""The URLs that generators give to pages."""

import re
from collections.abc import Callable, Iterator, Mapping

from everpost.domain.text import slug_from
from everpost.transfer.importers.markdown.configuration.sites import Generator
from everpost.transfer.importers.markdown.front_matter.fields import lowered, text_of
from everpost.transfer.importers.markdown.old_urls.patterns import (
    date_values,
    filled_braces,
    filled_colons,
    filled_template,
)
from everpost.transfer.importers.markdown.old_urls.source_page import SourcePage

_JEKYLL_STYLES: Mapping[str, str] = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}
"""https://jekyllrb.com/docs/permalinks/"""
_HEXO = ":year/:month/:day/:title/"
"""https://hexo.io/docs/permalinks"""
_PELICAN_POST, _PELICAN_PAGE = "{slug}.html", "pages/{slug}.html"
"""https://docs.getpelican.com/en/latest/settings.html#url-settings"""
_NOT_IN_JEKYLL = re.compile(r"[^\w.~!$&'()+,;=@]+|_(?=_)")
_NOT_IN_HUGO = re.compile(r"[^\w./#+~-]+")
_INDEX = "index"
URL_FIELDS: Mapping[Generator | None, tuple[str, ...]] = {
    Generator.JEKYLL: ("permalink",),
    Generator.HEXO: ("permalink",),
    Generator.HUGO: ("url",),
    Generator.ZOLA: ("path",),
    Generator.PELICAN: ("url", "save_as"),
    Generator.ELEVENTY: ("permalink",),
    None: ("url", "permalink", "path", "save_as"),
}
"""The fields with the URL of a page."""


def urls_of(page: SourcePage, generator: Generator | None, *, is_jekyll: bool) -> Iterator[str]:
    """The URLs of the page, below the home page. Raises Underivable if only the generator can tell them."""
    if generator is None and is_jekyll:
        generator = Generator.JEKYLL
    yield from _URLS[generator](page)


def _jekyll(page: SourcePage) -> Iterator[str]:
    pattern = page.text("permalink") or page.site.text("permalink") or "date"
    pattern = _JEKYLL_STYLES.get(pattern, pattern)
    if page.is_page and not page.text("permalink"):
        ending = "/" if pattern.endswith("/") else ".html"
        folders = "/".join(page.folders)
        name = page.stem if page.stem != _INDEX else ""
        yield f"/{folders}/{name}{ending if name else ''}"
        return
    slug = page.text("slug") or page.bare
    categories = dict.fromkeys(name.lower() for name in page.categories)
    values = {
        "title": _NOT_IN_JEKYLL.sub("-", slug).strip("-"),
        "slug": slug_from(slug),
        "name": slug_from(page.bare),
        "categories": "/".join(categories),
        "slugified_categories": "/".join(map(slug_from, categories)),
        "output_ext": ".html",
        "basename": page.stem,
        "path": "/".join((*page.folders, page.stem)),
    }
    yield filled_colons(pattern, values | date_values(page.published))


def _hexo(page: SourcePage) -> Iterator[str]:
    folders = tuple(part for part in page.folders if part not in {"source", "_posts", "_drafts"})
    if explicit := page.text("permalink"):
        yield explicit
        return
    if page.is_page:
        yield "/".join(("", *folders, f"{page.stem}{'/' if page.stem != _INDEX else ''}"))
        return
    values = {
        "title": "/".join((*folders, page.bare)),
        "name": page.bare,
        "post_title": slug_from(page.title),
        "category": "/".join(page.categories[:1]) or page.site.text("default_category") or "uncategorized",
    }
    pattern = page.site.text("permalink") or _HEXO
    yield filled_colons(pattern, values | date_values(page.published))


def _hugo(page: SourcePage) -> Iterator[str]:
    if explicit := page.text("url"):
        yield explicit
        return
    folders = _without_roots(page.folders, page.site.text("contentdir") or "content")
    section = folders[0] if folders else "/"
    settings = lowered(page.site.settings.get("permalinks"))
    pattern = text_of(lowered(settings.get("page")).get(section) or settings.get(section))
    ending = ".html" if page.site.text("uglyurls").lower() == "true" else "/"
    slug, title = page.text("slug"), _in_hugo(page.title)
    for name in dict.fromkeys([slug] if slug and not pattern else [page.stem, page.bare]):
        if not pattern:
            yield f"/{_in_hugo('/'.join((*folders, name)))}{ending}"
            continue
        either = slug or _in_hugo(name)
        values = {
            "title": title,
            "slug": slug or title,
            "slugorfilename": either,
            "slugorcontentbasename": either,
            "filename": _in_hugo(name),
            "contentbasename": _in_hugo(name),
            "section": section.strip("/"),
            "sections": "/".join(folders),
        }
        yield filled_colons(pattern, values | date_values(page.published))


def _in_hugo(text: str) -> str:
    return _NOT_IN_HUGO.sub("", text.replace(" ", "-")).lower()


def _zola(page: SourcePage) -> Iterator[str]:
    if explicit := page.text("path"):
        yield explicit
        return
    folders = _without_roots(page.folders, "content")
    slug = page.text("slug") or page.bare
    yield "/".join(("", *map(slug_from, folders), slug_from(slug)))
    yield "/".join(("", *folders, slug))


def _pelican(page: SourcePage) -> Iterator[str]:
    written = [text for name in URL_FIELDS[Generator.PELICAN] if (text := page.text(name))]
    kind, default = ("page", _PELICAN_PAGE) if page.is_page else ("article", _PELICAN_POST)
    pattern = page.site.text(f"{kind}_url", f"{kind}_save_as") or default
    values = {
        "slug": page.text("slug") or slug_from(page.title),
        "category": slug_from(page.categories[0]) if page.categories else "misc",
        "lang": page.text("lang") or page.site.text("lang"),
        "author": slug_from(page.text("author")),
    }
    for each in written or [pattern]:
        yield filled_braces(each, values, page.published)


def _eleventy(page: SourcePage) -> Iterator[str]:
    stem = "" if page.bare == _INDEX else page.bare
    folders = page.folders
    explicit = page.text("permalink")
    if explicit.lower() == "false":
        return
    if explicit:
        title = slug_from(page.title)
        values = {
            "page.fileSlug": page.bare,
            "page.filePathStem": "/".join(("", *folders, page.bare)),
            "slug": page.text("slug"),
            **{f"title|{name}": title for name in ("slug", "slugify")},
        }
        yield filled_template(explicit, {name: value for name, value in values.items() if value})
        return
    yield "/".join(("", *folders, stem))
    if folders and folders[0] in {"src", "source", "content"}:  # the folder that its program names
        yield "/".join(("", *folders[1:], stem))


def _unknown(page: SourcePage) -> Iterator[str]:
    """Without a configuration: the URL in the front matter, or the default of Hugo, Zola and Eleventy."""
    written = [text for name in URL_FIELDS[None] if "/" in (text := page.text(name)) or "." in text]
    for each in written:
        yield filled_template(each, {"page.fileSlug": page.bare, "title|slugify": slug_from(page.title)})
    if written:
        return
    folders = _without_roots(page.folders, "content")
    yield "/".join(("", *folders, page.text("slug") or page.bare))


def _without_roots(folders: tuple[str, ...], root: str) -> tuple[str, ...]:
    """The folders below that of the content."""
    return folders[folders.index(root) + 1 :] if root in folders[:2] else folders


_URLS: Mapping[Generator | None, Callable[[SourcePage], Iterator[str]]] = {
    Generator.JEKYLL: _jekyll,
    Generator.HEXO: _hexo,
    Generator.HUGO: _hugo,
    Generator.ZOLA: _zola,
    Generator.PELICAN: _pelican,
    Generator.ELEVENTY: _eleventy,
    None: _unknown,
}
