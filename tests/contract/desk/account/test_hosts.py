"""Pages offer passkeys only where browsers can use them: not at IP addresses."""

import pytest

from tests.contract.desk.conftest import DeskSite
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PAGES = ("/desk/login", "/desk/account/passkeys", "/desk/confirm")


async def pages(desk: DeskSite, host: str) -> list[Page]:
    """The pages about passkeys, at this host."""
    people = (desk, await desk.as_("author"), await desk.as_("author"))
    return [Page(await person.get(path, host=host)) for person, path in zip(people, PAGES, strict=True)]


@pytest.mark.parametrize("host", ["blog.example", "localhost:8000", "127.0.0.1.example"])
async def test_host_names_have_passkeys(desk: DeskSite, host: str) -> None:
    for page in await pages(desk, host):
        assert len(page.all("//form[@data-passkey]")) == 1
        assert not any("IP address" in text for text in page.all("//*[@class='hint']"))


@pytest.mark.parametrize(
    ("host", "elsewhere"),
    [
        ("127.0.0.1:8000", "http://localhost:8000"),
        ("[::1]:81", "http://localhost:81"),
        ("127.0.0.1", "http://localhost"),
        ("192.0.2.7:8000", None),
        ("[2001:db8::7]", None),
    ],
)
async def test_ip_addresses_have_no_passkeys(desk: DeskSite, host: str, elsewhere: str | None) -> None:
    for page, path in zip(await pages(desk, host), PAGES, strict=True):
        assert page.all("//form[@data-passkey]") == []
        links = page.all("//*[@data-keeps-secret]/a/@href")
        assert links == ([] if elsewhere is None else [f"{elsewhere}{path}"])
        assert len([text for text in page.all("//*[@class='hint']") if "IP address" in text]) == 1
