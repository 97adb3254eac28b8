"""Headers of the desk, requests of other origins, and HTTPS."""

import httpx
import pytest
from fastapi import FastAPI

from tests.contract.desk.account.test_signing_in import RIGHT, cookie_of
from tests.contract.desk.conftest import DeskSite, give_password
from tests.contract.pages.html import Page

FOREIGN = (
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"origin": "https://evil.example"},
)


@pytest.mark.parametrize("path", ["/desk/login", "/desk/posts", "/desk", "/desk/nothing"])
async def test_every_response_has_strict_headers(desk: DeskSite, path: str) -> None:
    for person in (desk, await desk.as_("admin")):
        answer = await person.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert "require-trusted-types-for 'script'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        if answer.status_code == 200:
            page = Page(answer)
            assert page.all("//style | //@style | //script[not(@src)] | //@onclick") == []
            assert page.one("//meta[@name='robots']/@content") == "noindex"


@pytest.mark.parametrize("headers", FOREIGN, ids=range(3))
async def test_forms_of_other_origins_are_refused(desk: DeskSite, headers: dict[str, str]) -> None:
    ada = await desk.as_("admin")
    assert (await ada.send("/desk/logout", {}, **headers)).status_code == 403
    assert (await ada.get("/desk/posts")).status_code == 200
    await give_password(desk.store, "admin")
    refused = await desk.send("/desk/login", RIGHT, **headers)
    assert (refused.status_code, refused.headers.get_list("set-cookie")) == (403, [])


async def test_over_https_the_cookie_has_the_prefix_that_keeps_other_hosts_out(desk: DeskSite) -> None:
    await give_password(desk.store, "admin")
    transport = httpx.ASGITransport(desk.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://blog.example") as client:
        page = Page(await client.get("/desk/login"))
        assert page.all("//*[@class='warning']") == []
        answer = await client.post("/desk/login", data=RIGHT)
        secret = cookie_of(answer, "__Host-everpost")
        assert (await client.get("/desk/posts")).status_code == 200
        client.cookies.clear()
        plain = await client.get("/desk/posts", headers={"cookie": f"everpost={secret}"})
        assert plain.status_code == 303


@pytest.mark.parametrize(
    ("origin", "warns"),
    [
        ("http://blog.example", True),
        ("http://192.0.2.1:8000", True),
        ("http://127.0.0.1.example", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
    ],
)
async def test_the_page_warns_if_others_could_read_the_password(
    desk: DeskSite, origin: str, warns: bool
) -> None:
    transport = httpx.ASGITransport(desk.app)
    async with httpx.AsyncClient(transport=transport, base_url=origin) as client:
        shown = Page(await client.get("/desk/login")).all("//*[@class='warning']")
    assert [text.partition(":")[0] for text in shown] == ["This connection is not encrypted"] * warns


async def test_the_desk_works_below_a_prefix(desk: DeskSite) -> None:
    await give_password(desk.store, "admin")
    outer = FastAPI()
    outer.mount("/our blog", desk.app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(outer), base_url="http://blog.example"
    ) as client:
        away = await client.get("/our%20blog/desk/posts?a=b")
        assert (
            away.headers["location"] == "/our%20blog/desk/login?next=%2Four%2520blog%2Fdesk%2Fposts%3Fa%3Db"
        )
        page = Page(await client.get(away.headers["location"]))
        assert (await client.get(page.one("//link[@rel='stylesheet']/@href"))).status_code == 200
        wanted = page.all("//input[@name='next']/@value")[0]
        answer = await client.post(page.all("//main//form/@action")[0], data={**RIGHT, "next": wanted})
        assert answer.headers["location"] == "/our%20blog/desk/posts?a=b"
        assert answer.headers["set-cookie"].startswith("everpost.our%20blog=evp_")
        there = Page(await client.get(answer.headers["location"]))
        links = there.all("//header//@href | //header//form/@action")
        assert links
        assert all(link.startswith("/our%20blog/") for link in links)
        for link in there.all("//header//@href"):
            assert (await client.get(link)).status_code == 200
