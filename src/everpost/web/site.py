"""The parts of a page that depend on the blog."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from everpost.api.routing.dependencies import CurrentSettings, OpenStore
from everpost.domain.blog import Blog
from everpost.services.blog import read_settings
from everpost.services.rendering.renderer import Renderer
from everpost.web import dates
from everpost.web.assets import asset
from everpost.web.content_security import headers_with
from everpost.web.contexts import Link, Moment, Site
from everpost.web.feeds.alternates import feeds_of
from everpost.web.urls import Urls, urls_of

UNTITLED = "Blog"
_LAST = "last_blog"
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Presentation:
    """The blog as the pages of one request show it."""

    blog: Blog
    urls: Urls
    site: Site
    renderer: Renderer
    headers: Mapping[str, str]

    @property
    def key(self) -> tuple[object, ...]:
        """Distinguishes it from other presentations, as part of the key of a cached page."""
        return self.blog.revision, self.urls

    def day(self, moment: datetime) -> Moment:
        return dates.day(moment, self.blog.language, self.urls.zone)

    def short_day(self, moment: datetime) -> Moment:
        return dates.short_day(moment, self.blog.language, self.urls.zone)

    def month(self, moment: datetime) -> str:
        return dates.month(moment, self.blog.language, self.urls.zone)


async def get_presentation(request: Request, store: OpenStore, settings: CurrentSettings) -> Presentation:
    """The blog with its current settings. Costs one query."""
    blog = await read_settings(store)
    setattr(request.app.state, _LAST, blog)
    urls = urls_of(request, settings, blog)
    renderer: Renderer = request.app.state.renderer
    return Presentation(blog, urls, site_of(blog, urls), renderer, headers_with(settings.embed_hosts))


CurrentPresentation = Annotated[Presentation, Depends(get_presentation)]


def last_known_site(request: Request) -> Site:
    """The site, without asking the database: it may be away."""
    blog: Blog | None = getattr(request.app.state, _LAST, None)
    return site_of(blog, urls_of(request, request.app.state.settings, blog))


def site_of(blog: Blog | None, urls: Urls) -> Site:
    """The variables that every template has. None: the blog is not known."""
    language = _ENGLISH if blog is None else blog.language
    title = (blog and blog.title) or UNTITLED
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
        stylesheet=urls.asset(asset("blog.css")),
        icon=urls.asset(asset("icon.svg")),
        navigation=tuple(Link(label=link.label, url=urls.of(link.url)) for link in links),
    )
