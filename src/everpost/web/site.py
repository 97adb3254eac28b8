"""The part of every page that depends on the blog, and not on the page."""

from fastapi import Request

from everpost.web.contexts import Site
from everpost.web.urls import Urls, urls_of

_UNTITLED = "Blog"


def site_of(urls: Urls) -> Site:
    """The site as every template has it."""
    return Site(title=_UNTITLED, language="en", direction="ltr", home=urls.home)


PLAIN_SITE = site_of(Urls("", ""))
"""For pages that know nothing about the blog."""


async def last_known_site(request: Request) -> Site:
    """The site of this request, without asking the database."""
    return site_of(urls_of(request, request.app.state.settings))
