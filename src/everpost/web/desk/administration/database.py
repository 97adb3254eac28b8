"""The state of the database, and the archive: `GET /database` and `GET /archive` of the API."""

from collections.abc import Mapping

from fastapi import Response

from everpost.api.http.archive_response import ArchiveResponse
from everpost.api.routing.dependencies import CurrentExportSlot, CurrentInspection, OpenStore
from everpost.services.database.state import describe_database
from everpost.web.desk.account.confirmation import ConfirmedDesk
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.languages import message

PATH = "/settings/database"
_KINDS: Mapping[str, str] = {
    "user": message("People"),
    "token": message("Tokens and sessions"),
    "passkey": message("Passkeys"),
    "post": message("Posts and pages"),
    "comment": message("Comments"),
    "working_copy": message("Working copies"),
}


async def show_database(store: OpenStore, desk: ConfirmedDesk, inspect: CurrentInspection) -> Response:
    """The software, the number of records, and a button that downloads the archive."""
    state = await describe_database(store, desk.actor, inspect)
    return desk.page(
        "administration/database.html",
        desk.text("Database and export"),
        running=state.installation,
        counts=[(desk.text(_KINDS.get(name, name)), count) for name, count in state.counts.items()],
    )


async def export_archive(store: OpenStore, desk: ConfirmedDesk, slot: CurrentExportSlot) -> Response:
    """Download the archive."""
    return ArchiveResponse(store, desk.actor, slot, DESK_HEADERS)
