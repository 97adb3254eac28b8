"""Whatever happens to a blog, no page, feed, sitemap, redirect or 304 reveals what is not public."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import Phase, given, settings
from hypothesis.internal.conjecture import engine

from everpost.domain import clock
from everpost.domain.clock import EARLIEST, HORIZON
from everpost.web.feeds import comments as comment_feeds
from everpost.web.feeds import posts as post_feeds
from everpost.web.feeds import sitemap
from everpost.web.public import archive, tags
from everpost.web.public import posts as post_pages
from tests.contract.http.media.files import picture
from tests.contract.http.media.stored import add_file
from tests.contract.http.people import PEOPLE, Who
from tests.contract.pages.conftest import Site, Sites
from tests.contract.pages.sight.blog_model import START, BlogModel, DrawnUser, StoppedClock
from tests.contract.pages.sight.inspection import Inspection
from tests.contract.pages.sight.reader import Reader
from tests.contract.pages.sight.steps import Step, Taker, rounds
from tests.contract.pages.sight.words import Words
from tests.volume import examples

WRITERS: list[Who] = ["author", "other author", "editor"]


@pytest.fixture(autouse=True, scope="module")
def short_pages() -> Iterator[None]:
    """Stop the clock, and put so little on each page that there are always others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "MAX_SHRINKING_SECONDS", 60)
        patch.setattr(clock, "datetime", StoppedClock)
        patch.setattr(post_feeds, "POSTS", 2)
        patch.setattr(comment_feeds, "COMMENTS", 2)
        patch.setattr(sitemap, "MAX_URLS", 8)
        patch.setattr(archive, "MAX_LIMIT", 2)
        patch.setattr(tags, "MAX_LIMIT", 1)
        patch.setattr(post_pages, "COMMENTS_INSIDE", 2)
        patch.setattr(post_pages, "COMMENTS_A_PAGE", 1)
        yield


async def add_files(site: Site) -> tuple[str, ...]:
    """The paths of three uploaded files."""
    return tuple([(await add_file(site.store, picture(shade))).path for shade in range(3)])


async def begin(site: Site) -> Taker:
    """An empty blog with three writers, in whose settings and names are drawn words."""
    StoppedClock.moment = START
    HORIZON._seen = EARLIEST
    words = Words()
    users = [DrawnUser(PEOPLE[who].user.id, who, words.draw()) for who in WRITERS]
    model = BlogModel(users, tuple(words.draw() for _ in range(2)), await add_files(site), {})
    taker = Taker(site, model, words)
    for user in users:
        await taker.call("PATCH", f"/users/{user.id}", {"name": user.name})
    return taker


@pytest.mark.long_but_on("sqlite", "mongodb")  # the other databases run the same queries as SQLite
@settings(max_examples=examples(5), phases=[Phase.generate, Phase.shrink])
@given(rounds=rounds)
async def test_the_public_sees_only_what_is_public(
    sites: Sites, store_name: str, rounds: Sequence[Sequence[Step]]
) -> None:
    site = await sites.on_empty_blog(store_name)
    taker, reader = await begin(site), Reader(site)
    for steps in rounds:
        for step in steps:
            await taker.take(step)
        await Inspection(reader, taker.model).everything()
