"""Security events over HTTP are logged, in one line each, without secrets."""

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from everpost.services import security_events
from everpost.services.security_events import EVENTS, Throttle
from tests.contract.http.people import PEOPLE, headers_of

PASSWORD = "correct horse battery"
OTHER_PASSWORD = "another horse battery"
EMAIL = "newcomer@blog.example"
ADMIN = PEOPLE["admin"].user.id

Line = MutableMapping[str, Any]


class Log:
    """The lines of security events since they were read last."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._read = 0
        self.text = ""

    def news(self) -> list[Line]:
        names = {event.name for event in EVENTS}
        news = [line for line in self._lines[self._read :] if line["event"] in names]
        self._read = len(self._lines)
        self.text += repr(news)
        return news

    def one(self) -> Line:
        [line] = self.news()
        return line


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(security_events, "_throttle", Throttle())
    with capture_logs() as lines:
        yield Log(lines)


async def log_in(client: httpx.AsyncClient, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
    return await client.post("/login", data={"username": email, "password": password})


async def add_user(client: httpx.AsyncClient) -> str:
    body = {"name": "New", "email": EMAIL, "role": "author", "password": PASSWORD}
    return str((await client.post("/users", json=body)).json()["id"])


async def test_users_and_their_logins_are_logged(client: httpx.AsyncClient, log: Log) -> None:
    user = await add_user(client)
    assert log.one() == {
        "event": "user.created", "log_level": "info", "user": user, "role": "author", "by": ADMIN,
    }  # fmt: skip

    entered = (await log_in(client)).json()["access_token"]
    created, succeeded = log.news()
    assert (created["event"], created["user"]) == ("token.created", user)
    assert (succeeded["event"], succeeded["user"]) == ("login.succeeded", user)
    assert succeeded["token"] == created["token"]
    assert len(succeeded["address"]) == 16

    await log_in(client, "wrong password")
    failed = log.one()
    assert (failed["event"], failed["log_level"], failed["user"]) == ("login.failed", "warning", user)
    assert failed["address"] == succeeded["address"]
    await log_in(client, email="nobody@blog.example")
    assert log.one()["user"] is None

    own = {"authorization": f"Bearer {entered}"}
    wrong = {"password": OTHER_PASSWORD, "current_password": "wrong password"}
    assert (await client.patch("/users/me", headers=own, json=wrong)).status_code == 422
    assert log.one()["event"] == "password.failed"
    right = {"password": OTHER_PASSWORD, "current_password": PASSWORD}
    assert (await client.patch("/users/me", headers=own, json=right)).status_code == 200
    changed = next(line for line in log.news() if line["event"] == "user.changed")
    assert (changed["changed"], changed["by"]) == (["password"], user)

    await client.patch(f"/users/{user}", json={"role": "editor", "disabled": True})
    assert log.one() == {
        "event": "user.changed", "log_level": "info", "user": user,
        "changed": ["role:editor", "disabled"], "by": ADMIN,
    }  # fmt: skip
    await client.delete(f"/users/{user}?posts=keep")
    assert log.one()["event"] == "user.removed"
    for secret in (PASSWORD, OTHER_PASSWORD, "wrong password", entered, EMAIL, "127.0.0.1", "argon2"):
        assert secret not in log.text


async def test_tokens_are_logged(client: httpx.AsyncClient, log: Log) -> None:
    made = (await client.post("/tokens", json={"name": "A robot", "scopes": ["account"]})).json()
    created = log.one()
    assert (created["event"], created["token"], created["scopes"]) == (
        "token.created", made["id"], "account",
    )  # fmt: skip
    assert (await client.delete(f"/tokens/{made['id']}")).status_code == 204
    assert log.one() == {
        "event": "token.revoked", "log_level": "info", "token": made["id"], "by": ADMIN
    }  # fmt: skip
    assert made["token"] not in log.text


async def test_a_token_that_has_ended_is_logged(
    client: httpx.AsyncClient, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    made = (await client.post("/tokens", json={"name": "Short", "expires_at": ends.isoformat()})).json()
    log.news()
    monkeypatch.setattr("everpost.services.accounts.tokens.now", lambda: ends + timedelta(seconds=1))
    answer = await client.get("/users/me", headers={"authorization": f"Bearer {made['token']}"})
    assert answer.status_code == 401
    refused, unauthenticated = log.news()
    assert (refused["event"], refused["token"], refused["user"]) == ("token.refused", made["id"], ADMIN)
    assert unauthenticated["event"] == "request.unauthenticated"
    assert made["token"] not in log.text


async def test_refused_requests_are_logged(client: httpx.AsyncClient, log: Log) -> None:
    strange = {"authorization": "Bearer evp_stranger"}
    assert (await client.get("/posts/000000000000000000000000", headers=strange)).status_code == 401
    line = log.one()
    assert (line["event"], line["log_level"]) == ("request.unauthenticated", "warning")
    assert line["route"] == "GET /posts/{post_id}"
    await client.get("/posts", headers=strange)
    assert log.news() == []  # the same address, within a minute
    assert (await client.get("/users", headers=headers_of("author"))).status_code == 403
    line = log.one()
    assert (line["event"], line["route"]) == ("request.forbidden", "GET /users")
    assert line["user"] == PEOPLE["author"].user.id
    assert "stranger" not in log.text


async def test_a_missing_token_is_not_logged(client: httpx.AsyncClient, log: Log) -> None:
    request = client.build_request("GET", "/users")
    del request.headers["authorization"]
    assert (await client.send(request)).status_code == 401
    assert log.news() == []


async def test_a_lock_out_is_logged(strict_client: httpx.AsyncClient, log: Log) -> None:
    headers = {"x-forwarded-for": "192.0.2.7"}
    form = {"username": "nobody@blog.example", "password": PASSWORD}
    while (await strict_client.post("/login", data=form, headers=headers)).status_code != 429:
        pass
    failed, limited = log.news()
    assert (failed["event"], limited["event"]) == ("login.failed", "request.limited")
    assert limited["route"] == "POST /login"
    assert failed["address"] == limited["address"]
    assert "192.0.2.7" not in log.text


async def test_decisions_about_comments_are_logged(client: httpx.AsyncClient, log: Log) -> None:
    post = (await client.post("/posts", json={"title": "A", "content": "b"})).json()["id"]
    comments = f"/posts/{post}/comments"
    request = client.build_request("POST", comments, json={"name": "Guest", "content": "c"})
    del request.headers["authorization"]
    made = (await client.send(request)).json()
    one = f"{comments}/{made['id']}"
    assert log.news() == []
    decided = await client.patch(one, json={"status": "spam"}, headers={"if-match": "*"})
    assert log.one() == {
        "event": "comment.decided", "log_level": "info", "comment": made["id"], "status": "spam", "by": ADMIN
    }  # fmt: skip
    decision = {"id": made["id"], "revision": decided.json()["revision"], "status": "approved"}
    await client.post("/comments/decisions", json=[decision])
    assert log.one()["status"] == "approved"
    own = (await client.post(comments, json={"content": "mine"})).json()["id"]
    await client.patch(f"{comments}/{own}", json={"content": "mine again"})
    assert log.one() == {
        "event": "comment.edited", "log_level": "info", "comment": own, "by": ADMIN
    }  # fmt: skip
    await client.delete(one)
    assert log.one() == {
        "event": "comment.removed", "log_level": "info", "comment": made["id"], "by": ADMIN
    }  # fmt: skip
    assert made["edit_key"] not in log.text


async def test_settings_are_logged(client: httpx.AsyncClient, log: Log) -> None:
    await client.patch("/settings", json={"comment_policy": "closed"})
    assert log.one() == {
        "event": "settings.changed", "log_level": "info", "changed": ["comment_policy:closed"], "by": ADMIN,
    }  # fmt: skip
