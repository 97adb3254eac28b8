"""The parts of a page that depend on the blog."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated

from fastapi import Depends, Request

from everpost.api.routing.dependencies import CurrentSettings, OpenStore
from everpost.domain.blog import Blog
from everpost.services.blog import public_settings
from everpost.web import dates
from everpost.web.assets import asset
from everpost.web.contexts import Moment, Site
from everpost.web.urls import Urls, urls_of

UNTITLED = "Blog"
_LAST = "last_blog"


@dataclass(frozen=True, slots=True)
class Presentation:
    """The blog as the pages of one request show it."""

    blog: Blog
    urls: Urls
    site: Site

    @property
    def language(self) -> str:
        return "en"

    @property
    def zone(self) -> tzinfo:
        return UTC

    @property
    def posts_per_page(self) -> int:
        return 10

    @property
    def key(self) -> tuple[object, ...]:
        """Distinguishes it from other presentations, as part of the key of a cached page."""
        return self.blog.revision, self.urls

    def day(self, moment: datetime) -> Moment:
        return dates.day(moment, self.language, self.zone)

    def short_day(self, moment: datetime) -> Moment:
        return dates.short_day(moment, self.language, self.zone)

    def month(self, moment: datetime) -> str:
        return dates.month(moment, self.language, self.zone)


async def get_presentation(request: Request, store: OpenStore, settings: CurrentSettings) -> Presentation:
    """The blog with its current settings. Costs one query."""
    blog = await public_settings(store)
    setattr(request.app.state, _LAST, blog)
    urls = urls_of(request, settings)
    return Presentation(blog, urls, site_of(blog, urls))


CurrentPresentation = Annotated[Presentation, Depends(get_presentation)]


def last_known_site(request: Request) -> Site:
    """The site, without asking the database: it may be away."""
    blog: Blog | None = getattr(request.app.state, _LAST, None)
    return site_of(blog, urls_of(request, request.app.state.settings))


def site_of(_blog: Blog | None, urls: Urls) -> Site:
    """The variables that every template has. None: the blog is not known."""
    return Site(
        title=UNTITLED,
        description="",
        language="en",
        direction=dates.direction_of("en"),
        home=urls.home,
        tags=urls.tags,
        archive=urls.archive,
        stylesheet=urls.asset(asset("blog.css")),
        icon=urls.asset(asset("icon.svg")),
    )
