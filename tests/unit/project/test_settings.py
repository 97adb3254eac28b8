"""Settings with a structure of their own: origins and the admin's token."""

import pytest

from everpost.domain.people.tokens import new_secret
from everpost.errors import Misconfigured
from everpost.settings import read_settings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ()),
        ("https://blog.example", ("https://blog.example",)),
        (" https://a.example , https://B.example:8443 ,", ("https://a.example", "https://b.example:8443")),
        ('["https://a.example", "https://b.example"]', ("https://a.example", "https://b.example")),
        ("*", ("*",)),
    ],
)
def test_origins_are_read_with_commas_or_as_json(
    monkeypatch: pytest.MonkeyPatch, written: str, read: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EVERPOST_CORS_ORIGINS", written)
    assert read_settings().cors_origins == read


@pytest.mark.parametrize(
    "written",
    ["site.example", "https://site.example/", "https://a.example/path", "[1]", "[", "https://*:x@y"],
)
def test_a_malformed_origin_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("EVERPOST_CORS_ORIGINS", written)
    with pytest.raises(Misconfigured) as refused:
        read_settings()
    assert refused.value.message.startswith("EVERPOST_CORS_ORIGINS: ")
    assert written not in refused.value.message


def test_the_token_of_the_admin_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = new_secret()
    monkeypatch.setenv("EVERPOST_ADMIN_TOKEN", secret)
    assert read_settings().admin_token == secret
    assert secret not in repr(read_settings())
