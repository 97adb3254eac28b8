"""The cache of rendered pages."""

from everpost.domain.clock import now
from everpost.web.page_cache import PageCache
from everpost.web.pages import RenderedPage


def test_a_page_that_is_too_large_does_not_displace_others() -> None:
    cache = PageCache(10_000)
    small, large = RenderedPage(b"small", now()), RenderedPage(b"x" * 10_000, now())
    cache.keep("small", (), small)
    cache.keep("large", (), large)
    assert cache.find("small", ()) is small
    assert cache.find("large", ()) is None
    cache.keep("small", (), large)
    assert cache.find("small", ()) is None
    cache.keep("small", (), small)
    assert cache.find("small", ()) is small
