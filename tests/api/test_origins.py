"""The origins whose pages may send the login form."""

import pytest

from everpost.domain.people.users import Role
from tests.api.conftest import PASSWORD, Site, Sites

FRONT = "https://www.front.example"
Sent = list[tuple[str, str]]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], 401),
        ([("sec-fetch-site", "same-origin")], 401),
        ([("sec-fetch-site", "none")], 401),
        ([("sec-fetch-site", "cross-site")], 403),
        ([("sec-fetch-site", "same-site")], 403),
        ([("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 403),
        ([("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], 403),
        ([("origin", "https://sub.blog.example"), ("sec-fetch-site", "same-site")], 403),
        ([("origin", "https://blog.example"), ("sec-fetch-site", "same-origin")], 401),
        ([("origin", "https://unlike.the.proxied.host"), ("sec-fetch-site", "same-origin")], 401),
        ([("origin", "http://blog.example")], 401),
        ([("origin", "https://blog.example")], 401),
        ([("origin", "HTTPS://BLOG.example")], 401),
        ([("origin", "https://blog.example:443")], 401),
        ([("origin", "https://blog.example:8443")], 403),
        ([("origin", "https://evil.example")], 403),
        ([("origin", "https://blog.example.evil.example")], 403),
        ([("origin", "https://evil.example/blog.example")], 403),
        ([("origin", "https://blog.example@evil.example")], 403),
        ([("origin", "null")], 403),
        ([("origin", "")], 403),
        ([("origin", "https://blog.example:port")], 403),
        ([("origin", "https://[")], 403),
        ([("origin", "https://blog.example"), ("origin", "https://evil.example")], 403),
        ([("origin", FRONT), ("origin", "https://evil.example")], 403),
        ([("origin", FRONT)], 401),
        ([("origin", FRONT), ("sec-fetch-site", "cross-site")], 401),
    ],
    ids=range(27),
)
async def test_a_page_of_another_origin_sends_no_login(sites: Sites, sent: Sent, status: int) -> None:
    site = await sites.open(cors_origins=FRONT)
    form = {"username": "nobody@blog.example", "password": "a wrong password"}
    answer = await site.client.post("/login", data=form, headers=sent)
    assert answer.status_code == status


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_if_all_origins_are_allowed_all_can_log_in(sites: Sites, origin: str) -> None:
    site = await sites.open(cors_origins="*")
    form = {"username": "nobody@blog.example", "password": "a wrong password"}
    headers = {"origin": origin, "sec-fetch-site": "cross-site"}
    assert (await site.client.post("/login", data=form, headers=headers)).status_code == 401


async def test_what_other_pages_send_is_not_counted(site: Site) -> None:
    user = await site.user(Role.EDITOR, password=PASSWORD)
    for username in (user.email, "nobody@blog.example"):
        for _ in range(11):
            form = {"username": username, "password": "a wrong password"}
            headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
            assert (await site.client.post("/login", data=form, headers=headers)).status_code == 403
    form = {"username": user.email, "password": PASSWORD}
    assert (await site.client.post("/login", data=form)).status_code == 200
