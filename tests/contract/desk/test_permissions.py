"""The table of the desk in docs/permissions.md is true: every page, by every role, on every store."""

from collections.abc import Sequence

from fastapi.routing import APIRoute

from everpost.domain.people.tokens import Token
from everpost.domain.records import Record
from everpost.stores.port import Store
from tests.contract.desk.account.requests import REQUESTS as OF_ACCOUNT
from tests.contract.desk.administration.requests import REQUESTS as OF_ADMINISTRATION
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.moderation import requests as moderation
from tests.contract.desk.permissions import COLUMNS, REQUESTS, Row, Sent, rows
from tests.contract.http.accounts import permission_rows as of_api
from tests.contract.http.people import Who

OWN = {
    *("/desk/login", "/desk/login/passkey", "/desk/logout"),
    *("/desk/welcome", "/desk/reset", "/desk/invitation"),
}
"""The forms for people without a session."""
REQUESTS.update(OF_ACCOUNT | OF_ADMINISTRATION | moderation.REQUESTS)


def path_of(row: Row, sent: Sent) -> str:
    path = row.path.replace(":path", "")
    for name, value in sent.parameters.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def prepare(row: Row, store: Store, who: Who) -> Sent:
    return await REQUESTS[row.name](store, who) if row.name in REQUESTS else Sent()


async def status_of(desk: DeskSite, row: Row, sent: Sent, **headers: str) -> int:
    path = path_of(row, sent)
    if row.method == "GET":
        return (await desk.get(path, **headers)).status_code
    return (await desk.send(path, dict(sent.fields), **headers)).status_code


async def test_permissions_are_those_of_the_table(desk: DeskSite) -> None:
    wrong = []
    for row in rows():
        for who in COLUMNS:
            sent = await prepare(row, desk.store, who)
            status = await status_of(await desk.as_(who), row, sent)
            if status != row.statuses[who]:
                wrong.append(f"{row.name}, by {who}: {status}")
    assert wrong == []


async def records_of(store: Store) -> Sequence[Record]:
    """Everything in the blog, except sessions: the test itself starts them."""
    async with store.records.snapshot() as snapshot:
        return [
            record async for batch in snapshot.records() for record in batch if not isinstance(record, Token)
        ]


async def test_refused_forms_change_nothing(desk: DeskSite) -> None:
    """Forms from other origins, without a session, or with a session that has ended."""
    wrong = []
    for row in [row for row in rows() if row.method == "POST"]:
        sent = await prepare(row, desk.store, "admin")
        admin, ended = await desk.as_("admin"), await desk.as_("admin")
        await ended.send("/desk/logout", {})
        before = await records_of(desk.store)
        statuses = [
            await status_of(admin, row, sent, sec_fetch_site="cross-site"),
            await status_of(admin, row, sent, origin="https://evil.example"),
            *[await status_of(person, row, sent) for person in (desk, ended) if row.path not in OWN],
        ]
        if statuses != [403, 403, 401, 401][: len(statuses)]:
            wrong.append(f"{row.name}: {statuses}")
        assert await records_of(desk.store) == before, row.name
    assert wrong == []


def test_every_page_is_in_the_table(desk: DeskSite) -> None:
    routes = [route for route in desk.app.routes if isinstance(route, APIRoute)]
    pages = {
        (route.path, method)
        for route in routes
        for method in route.methods or ()
        if route.path.startswith("/desk")
    }
    assert {(row.path, row.method) for row in rows()} == pages


WITHOUT_A_CALL = {
    "POST /desk/preview",
    "POST /desk/settings adding a link",
    "POST /desk/{path:path} any other path",
}
"""The forms that neither read nor change the blog."""


def test_every_form_is_one_documented_call_of_the_api() -> None:
    calls = {row.call for row in of_api.rows()}
    forms = [row for row in rows() if row.method == "POST"]
    assert {row.call for row in forms if row.call} <= calls
    assert {row.name for row in forms if not row.call} == WITHOUT_A_CALL
