"""The database and the archive of the blog over HTTP."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from everpost.api.http.archive_response import ArchiveResponse
from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import CurrentExportSlot, CurrentInspection, OpenStore
from everpost.api.routing.parameters import Flag
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.database import read_database
from everpost.services.database.state import describe_database


class ArchiveParameters(BaseModel):
    """The content of the archive."""

    media: Flag = Field(
        default=True, description="`false`: leave out the bytes of files, but not their records."
    )


async def get_database(store: OpenStore, actor: CurrentMember, inspect: CurrentInspection) -> Response:
    """Describe the database.

    Its server, the revision of its schema, and the number of records of each kind. Requires the scope
    `admin`.
    """
    state = await describe_database(store, actor, inspect)
    return JsonResponse(read_database(state), headers={"cache-control": "no-store"})


async def export_archive(
    store: OpenStore,
    actor: CurrentMember,
    slot: CurrentExportSlot,
    query: Annotated[ArchiveParameters, Query()],
) -> Response:
    """Export the whole blog.

    The response is the file that `everpost export blog.jsonl.zst` writes: one state of the blog, with all
    users, tokens, files, posts and comments. It contains hashes of passwords and tokens. If the connection is
    dropped, the file is incomplete, and `everpost import` refuses it. One export runs at a time. Requires a
    token with all scopes of an admin.
    """
    return ArchiveResponse(store, actor, slot, media=query.media)
