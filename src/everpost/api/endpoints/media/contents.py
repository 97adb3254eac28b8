"""The bytes of uploaded files over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.files.file_response import answer_with_file
from everpost.api.routing.dependencies import CurrentResizedCopies, OpenStore
from everpost.api.routing.media_parameters import CopyParameters, Digest, FileName
from everpost.api.routing.security import CurrentActor
from everpost.domain.people.actors import Actor
from everpost.services.media.contents import find_file


async def get_file_content(
    request: Request,
    store: OpenStore,
    actor: CurrentActor,
    copies: CurrentResizedCopies,
    digest: Digest,
    _name: FileName,
    query: Annotated[CopyParameters, Query()],
) -> Response:
    """Get the bytes of a file.

    Everybody may, while a public post or the navigation of the blog uses the file; otherwise, the scope
    `media:write` is required. `width` asks for a resized copy of a picture; if there is
    none that is narrower and smaller, the response has the original. The name in the path is for people.
    """

    async def identified() -> Actor:
        return actor

    found = await find_file(store, digest, identified)
    return await answer_with_file(request, store, copies, found, query.size)
