"""The parts of a page that depend on the blog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import origin_of
from everpost.domain.blog import Blog
from everpost.domain.posts import Post
from everpost.services.blog import read_settings
from everpost.services.rendering.renderer import Renderer
from everpost.settings import Settings
from everpost.web import dates
from everpost.web.assets import Assets
from everpost.web.content_security import headers_with
from everpost.web.contexts import Context, Link, Moment, Site
from everpost.web.feeds.alternates import feeds_of
from everpost.web.languages import Language, Languages
from everpost.web.rendering import Templates
from everpost.web.titles import title_of_blog
from everpost.web.urls import Urls, urls_of

_MAX_HOSTS = 100
_ENGLISH = "en"


@dataclass(frozen=True, slots=True, eq=False)
class Presentation:
    """The blog as pages show it. Requests share it until a setting changes, so it can be part of the key of a
    cached page.
    """

    blog: Blog
    language: Language
    """The language of Everpost's own texts: the closest one to that of the blog."""
    urls: Urls
    site: Site
    renderer: Renderer
    templates: Templates
    headers: Mapping[str, str]

    def is_current_with(self, posts: Sequence[Post]) -> bool:
        """Whether the settings have not changed since, because the database just confirmed these posts, and
        they were read with the same `names_stamp`. No posts confirm nothing.
        """
        return bool(posts) and all(post.names_stamp == self.blog.names_stamp for post in posts)

    def render(self, context: Context) -> bytes:
        """The page as HTML in UTF-8."""
        return self.templates.render(context, self.language)

    def text(self, text: str, **values: object) -> str:
        """One of Everpost's texts, with these values in place of `%(name)s`."""
        return self.language.text(text, **values)

    def day(self, moment: datetime) -> Moment:
        return dates.day(moment, self.blog.language, self.urls.zone)

    def short_day(self, moment: datetime) -> Moment:
        return dates.short_day(moment, self.blog.language, self.urls.zone)

    def month(self, moment: datetime) -> str:
        return dates.month(moment, self.blog.language, self.urls.zone)


class Presentations:
    """The current presentation for each root and host, which requests name. Raises Misconfigured if the theme
    cannot be used.
    """

    def __init__(self, renderer: Renderer, settings: Settings, languages: Languages) -> None:
        self._renderer = renderer
        self._settings = settings
        self._languages = languages
        self.templates = Templates(settings.theme)
        self.assets = Assets(settings.theme)
        self._headers = headers_with(settings.embed_hosts)
        self._known: dict[tuple[str, str], Presentation] = {}
        self.blog: Blog | None = None
        """The blog as it was last read."""

    def of(self, request: Request, blog: Blog) -> Presentation:
        """The blog as the response to this request shows it."""
        self.blog = blog
        key = self._key(request)
        known = self._known.get(key)
        if known is not None and known.blog.names_stamp == blog.names_stamp:
            return known
        if len(self._known) >= _MAX_HOSTS:
            self._known.clear()
        urls = urls_of(*key, blog)
        language = self.language_of(blog)
        site = site_of(blog, urls, self.assets.names, language)
        self._known[key] = Presentation(
            blog, language, urls, site, self._renderer, self.templates, self._headers
        )
        return self._known[key]

    def language_of(self, blog: Blog | None) -> Language:
        """The language of the texts on the pages of a blog. None: the blog is not known."""
        return self._languages.closest(_ENGLISH if blog is None else blog.language)

    def last_known(self, request: Request) -> Presentation | None:
        """The blog as the response to the latest such request showed it. Its settings may have changed."""
        return self._known.get(self._key(request))

    def _key(self, request: Request) -> tuple[str, str]:
        return request.scope.get("root_path", ""), origin_of(request, self._settings)


async def get_presentation(request: Request, store: OpenStore) -> Presentation:
    """The blog with its current settings. Costs one query."""
    presentations: Presentations = request.app.state.presentations
    return presentations.of(request, await read_settings(store))


CurrentPresentation = Annotated[Presentation, Depends(get_presentation)]


def last_known_site(request: Request) -> Site:
    """The site as it was last read: the database may not be available."""
    presentations: Presentations = request.app.state.presentations
    blog = presentations.blog
    root, origin = request.scope.get("root_path", ""), origin_of(request, request.app.state.settings)
    language = presentations.language_of(blog)
    return site_of(blog, urls_of(root, origin, blog), presentations.assets.names, language)


def last_known_language(request: Request) -> Language:
    """The language of Everpost's texts on that site."""
    presentations: Presentations = request.app.state.presentations
    return presentations.language_of(presentations.blog)


def site_of(blog: Blog | None, urls: Urls, assets: Mapping[str, str], texts: Language) -> Site:
    """The variables that every template has. None: the blog is not known. `assets`: the served path of each
    file. `texts`: the language of the title, if the blog has none.
    """
    files = {name: urls.asset(path) for name, path in assets.items()}
    language = _ENGLISH if blog is None else blog.language
    title = title_of_blog("" if blog is None else blog.title, texts)
    links = () if blog is None else blog.navigation
    return Site(
        title=title,
        description="" if blog is None else blog.description,
        language=language,
        direction=dates.direction_of(language),
        home=urls.home,
        tags=urls.tags,
        archive=urls.archive,
        feeds_page=urls.feeds,
        feeds=feeds_of(urls.home, title),
        stylesheet=files["blog.css"],
        icon=files["icon.svg"],
        assets=files,
        navigation=tuple(Link(label=link.label, url=urls.of(link.url)) for link in links),
    )
