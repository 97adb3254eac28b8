"""Pages that require a session that began recently."""

from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.services.accounts import reauthentication
from everpost.services.accounts.reauthentication import RECENT
from tests.contract.desk.conftest import DeskSite
from tests.contract.desk.permissions import rows
from tests.contract.desk.test_permissions import path_of, prepare, records_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

GUARDED = ("/desk/people/", "/desk/settings/database")


async def test_people_tokens_and_the_export_require_a_recent_session(
    desk: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has a password: those who have one enter it in the form for a new token."""
    guarded = [row for row in rows() if row.path.startswith(GUARDED)]
    guarded += [row for row in rows() if (row.method, row.path) == ("POST", "/desk/account/tokens")]
    assert len(guarded) >= 15
    ada = await desk.as_("admin")
    later = now() + RECENT + timedelta(seconds=1)
    monkeypatch.setattr(reauthentication, "now", lambda: later)
    for row in guarded:
        sent = await prepare(row, desk.store, "admin")
        path, before = path_of(row, sent), await records_of(desk.store)
        if row.method == "GET":
            assert (await ada.get(path)).headers["location"].startswith("/desk/confirm?next="), row.name
        else:
            assert (await ada.send(path, dict(sent.fields))).status_code == 401, row.name
        assert await records_of(desk.store) == before, row.name
