"""The response cache: a post is rendered once, and cached as long as the post exists."""

from dataclasses import replace

from everpost.api.http.response_cache import ResponseCache
from tests.contract.port.examples import a_post


def test_a_post_is_rendered_once() -> None:
    cache, post = ResponseCache(), a_post()
    first = cache.render(post)
    assert cache.render(post) is first


def test_an_equal_post_in_another_state_is_rendered_again() -> None:
    cache, post = ResponseCache(), a_post()
    other = replace(post, stamp=1)
    assert post == other
    assert cache.render(post).tag != cache.render(other).tag


def test_a_rendering_ends_with_its_post() -> None:
    cache = ResponseCache()
    for number in range(100):
        assert f'"T{number}"'.encode() in cache.render(a_post(title=f"T{number}")).body
    assert cache._kept == {}
