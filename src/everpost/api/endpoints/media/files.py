"""The facts about uploaded files over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.files.uploads import received_upload
from everpost.api.http.responses import listed, tagged
from everpost.api.routing.dependencies import CurrentResizedCopies, CurrentSettings, CurrentUploads, OpenStore
from everpost.api.routing.links import media_url, next_link, path_of
from everpost.api.routing.media_parameters import (
    FileId,
    MediaParameters,
    UploadParameters,
)
from everpost.api.routing.parameters import IfMatch, IfNoneMatch
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.media.files import MediaRead, MediaUpdate, read_media, read_use
from everpost.api.schemas.text import format_timestamp
from everpost.domain.media.files import MediaFile, MediaQuery
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.services.media import files
from everpost.services.media.files import MediaEdit
from everpost.stores.deadlines import ending


async def upload_file(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    uploads: CurrentUploads,
    copies: CurrentResizedCopies,
    settings: CurrentSettings,
    query: Annotated[UploadParameters, Query()],
) -> Response:
    """Upload a file.

    Send a form (`multipart/form-data`) with a field `file` and, optionally, `alt`; or the bytes alone, with
    the name in `name` or in a `Content-Disposition` header. The type is found from the content. Metadata such
    as the place where a picture was taken are removed. The same bytes are the same file: uploading them again
    returns the existing one, unchanged. Requires the scope `media:write`.
    """
    uploads.author_of(actor)
    sent = query.model_dump(exclude_none=True)
    async with received_upload(request, uploads, sent, pace=settings.body_timeout) as upload:
        with ending(None):  # the time for the upload does not count
            file, is_new = await uploads.add(store, actor, upload)
    copies.start(store, file)
    headers = {"location": path_of(request, f"/media/{file.id}")}
    content = read_media(file, media_url(request, file))
    return tagged(content, file.revision, status=201 if is_new else 200, headers=headers)


async def list_files(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[MediaParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List all files, newest first.

    Requires the scope `media:write`.
    """
    wanted = MediaQuery(
        limit=min(query.limit, MAX_LIMIT),
        after=query.after,
        unused=query.unused,
        types=query.types,
        name=None if query.name is None else query.name.lower(),
    )
    page = await files.page_files(store, actor, wanted)
    headers = {}
    if page.rows and page.has_more:
        cursor = encode_cursor(page.rows[-1][0].position)
        headers["link"] = next_link(request, path_of(request, "/media"), cursor)
    rows: list[MediaRead] = [
        {
            **read_media(file, media_url(request, file)),
            "unused_since": None if since is None else format_timestamp(since),
        }
        for file, since in page.rows
    ]
    return listed(rows, headers, if_none_match)


async def get_file(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    file_id: FileId,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Get the facts about a file.

    Requires the scope `media:write`.
    """
    file = await files.read_file(store, actor, file_id)
    return _tagged(request, file, if_none_match)


async def list_file_uses(
    store: OpenStore, actor: CurrentMember, file_id: FileId, if_none_match: IfNoneMatch = None
) -> Response:
    """List the posts that use a file.

    At most 100, by id; only those that you may see. Requires the scope `media:write`.
    """
    uses = await files.find_uses(store, actor, file_id)
    return listed([read_use(use) for use in uses], {}, if_none_match)


async def update_file(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    file_id: FileId,
    body: MediaUpdate,
    if_match: IfMatch = None,
) -> Response:
    """Update the facts about a file.

    Only the fields in the body change. URLs with the former name keep working. Requires the scope
    `media:write`; authors change only files that they uploaded.
    """
    focus = body.get("focus")
    edit = MediaEdit(
        name=body.get("name"),
        alt=body.get("alt"),
        focus=None if focus is None else (focus["x"], focus["y"]),
        removes_focus="focus" in body and focus is None,
    )
    file = await files.change_file(store, actor, file_id, edit, match=expected_revisions(if_match))
    return _tagged(request, file)


async def delete_file(
    store: OpenStore, actor: CurrentMember, file_id: FileId, if_match: IfMatch = None
) -> Response:
    """Delete a file that no post uses.

    Requires the scope `media:write`; authors delete only files that they uploaded.
    """
    await files.remove_file(store, actor, file_id, match=expected_revisions(if_match))
    return Response(status_code=204)


def _tagged(request: Request, file: MediaFile, if_none_match: str | None = None) -> Response:
    content = read_media(file, media_url(request, file))
    return tagged(content, file.revision, if_none_match=if_none_match)
