"""Settings with a structure of their own: origins, the port and the admin's token."""

import pytest

from everpost.domain.people.tokens import new_secret
from everpost.errors import Misconfigured
from everpost.settings import read_settings, unknown_settings


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


def test_hosts_of_frames_are_read_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    for written in (" A.example, b.example ,", '["a.example", "b.example"]'):
        monkeypatch.setenv("EVERPOST_EMBED_HOSTS", written)
        assert read_settings().embed_hosts == ("a.example", "b.example")
    monkeypatch.setenv("EVERPOST_EMBED_HOSTS", "")
    assert read_settings().embed_hosts == ()


@pytest.mark.parametrize(
    "written", ["https://a.example", "a.example/path", "*.a.example", "a", "a.example;", "[1]", "["]
)
def test_a_malformed_host_is_refused(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("EVERPOST_EMBED_HOSTS", written)
    with pytest.raises(Misconfigured, match="EVERPOST_EMBED_HOSTS"):
        read_settings()


def test_the_token_of_the_admin_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = new_secret()
    monkeypatch.setenv("EVERPOST_ADMIN_TOKEN", secret)
    assert read_settings().admin_token == secret
    assert secret not in repr(read_settings())


LINKS = {
    "EVERPOST_SERVICE_HOST": "10.96.3.4",
    "EVERPOST_SERVICE_PORT": "8000",
    "EVERPOST_SERVICE_PORT_HTTP": "8000",
    "EVERPOST_PORT": "tcp://10.96.3.4:8000",
    "EVERPOST_PORT_8000_TCP": "tcp://10.96.3.4:8000",
    "EVERPOST_PORT_8000_TCP_PROTO": "tcp",
    "EVERPOST_PORT_8000_TCP_PORT": "8000",
    "EVERPOST_PORT_8000_TCP_ADDR": "10.96.3.4",
}
"""The variables that Kubernetes sets in each pod for a Service named `everpost`."""


@pytest.fixture
def service_links(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LINKS.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.replace("EVERPOST_", "EVERPOST_DB_"), value)


@pytest.mark.usefixtures("service_links")
def test_the_address_of_a_kubernetes_service_is_not_mistaken_for_a_port() -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings()
    assert refused.value.message == (
        "EVERPOST_PORT: Kubernetes has set this to the address of a Service named everpost. In the"
        " specification of the pod, set enableServiceLinks to false, or set this variable to a port; or"
        " rename the Service"
    )


@pytest.mark.usefixtures("service_links")
def test_a_port_in_the_specification_of_a_pod_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERPOST_PORT", "8080")
    assert read_settings().port == 8080
    assert list(unknown_settings([])) == []
