"""The bytes of one file: for everybody while it is published, before that for those who write."""

from functools import partial
from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.files.file_response import answer_with_file
from everpost.api.routing.dependencies import CurrentResizedCopies, OpenStore
from everpost.api.routing.media_parameters import CopyParameters
from everpost.api.routing.security import get_actor
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.errors import Unauthenticated
from everpost.services.media.contents import find_file
from everpost.stores.port import Store
from everpost.web.desk.sessions import session_actor


async def send_file(
    request: Request,
    store: OpenStore,
    copies: CurrentResizedCopies,
    digest: str,
    query: Annotated[CopyParameters, Query()],
) -> Response:
    """The bytes of a file, or of a resized copy of it."""
    found = await find_file(store, digest, partial(_reader, request, store))
    return await answer_with_file(request, store, copies, found, query.size)


async def _reader(request: Request, store: Store) -> Actor:
    """The user whose token or session the request has. Without either, or after the session has
    ended, the public."""
    if "authorization" in request.headers:
        return await get_actor(request, store, None)
    try:
        return await session_actor(request, store)
    except Unauthenticated:
        return PUBLIC
