"""Working copies: `PUT` and `DELETE /posts/{post_id}/working-copy` of the API."""

from collections.abc import Mapping
from contextlib import suppress

from fastapi import Request, Response
from pydantic import TypeAdapter
from starlette.responses import JSONResponse

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import PostId
from everpost.api.schemas.text import format_timestamp
from everpost.api.schemas.writing.working_copies import WorkingCopyWrite, base_of, text_of
from everpost.domain.ids import Id, parse_id
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.domain.writing.working_copies import WorkingCopy
from everpost.errors import Forbidden, NotFound, Stale
from everpost.services import posts
from everpost.services.drafts import working_copies
from everpost.services.drafts.working_copies import Typed
from everpost.stores.port import Store
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import checked
from everpost.web.desk.writing.fields.base_forms import unpacked
from everpost.web.desk.writing.fields.line_endings import with_line_feeds
from everpost.web.desk.writing.fields.post_form import FIELDS
from everpost.web.desk.writing.own_posts import own_post
from everpost.web.forms.errors import FormError

_SCHEMA: TypeAdapter[WorkingCopyWrite] = TypeAdapter(WorkingCopyWrite)
_NO_HASH = "0" * 16
"""In place of the hash in an ETag. Preconditions ignore it."""


async def find_copy(store: Store, desk: Desk, post_id: Id) -> WorkingCopy | None:
    """The user's working copy of the post."""
    try:
        return (await working_copies.read_working_copy(store, desk.actor, post_id)).copy
    except NotFound:
        return None


def saved_copy(desk: Desk, revision: str) -> SavedCopy | None:
    """The user's working copy with this revision, for the call that saves it into its post."""
    return next((SavedCopy(desk.user.id, each) for each in parse_expected_revision(revision) or ()), None)


async def discard_former(store: Store, desk: Desk, former: str) -> None:
    """Remove the working copy of another post, whose text a new post now has, unless it has changed since."""
    name, _, revision = former.partition(".")
    post_id, match = parse_id(name), parse_expected_revision(revision)
    if post_id is not None and match:
        with suppress(NotFound, Stale):
            await working_copies.discard_working_copy(store, desk.actor, post_id, match=match)


async def keep(request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Write the working copy. Scripts call this a second after a change. If somebody else has signed in
    meanwhile, they are refused as if the session had ended.
    """
    fields = await read_form(request)
    if fields.get("user", desk.user.id) != desk.user.id:
        return _json({}, 401)
    try:
        body = checked(_SCHEMA, _body(fields), desk.language)
    except FormError:
        return _json({}, 422)
    typed = Typed(
        post_id=post_id,
        text=text_of(body["text"]),
        base=base_of(body.get("base")),
        keeps_base="base" not in body,
    )
    match = parse_expected_revision(fields.get("copy", ""))
    try:
        if match:
            state = await working_copies.save_working_copy(store, desk.actor, typed, match=match)
        else:
            state, _ = await working_copies.add_working_copy(store, desk.actor, typed)
    except Stale:
        return _json({}, 412)
    except NotFound:
        return _json({}, 404)
    updated_at = None if state.post is None else format_timestamp(state.post.updated_at)
    return _json({"copy": revision_text(state.revision), "updated_at": updated_at})


async def show_copy(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """The working copy, for scripts."""
    copy = (await working_copies.read_working_copy(store, desk.actor, post_id)).copy
    return _json({"copy": revision_text(copy.revision), "text": dict(copy.text.given())})


async def show_state(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """When the post was last saved, and the revision of the user's working copy. Scripts ask for it while
    the editor is open.
    """
    copy = await find_copy(store, desk, post_id)
    revision = "" if copy is None else revision_text(copy.revision)
    try:
        post = await posts.read_post(store, desk.actor, post_id, comments=0)
    except NotFound:
        if copy is None:
            raise
        return _json({"updated_at": None, "copy": revision})
    return _json({"updated_at": format_timestamp(post.updated_at), "copy": revision})


async def discard(request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Remove the working copy, and go back to the post."""
    fields = await read_form(request)
    match = parse_expected_revision(fields.get("copy", ""))
    await working_copies.discard_working_copy(store, desk.actor, post_id, match=match)
    try:
        await own_post(store, desk, post_id)
    except (NotFound, Forbidden):
        return desk.redirect("/posts", notice="discarded")
    return desk.redirect(f"/posts/{post_id}", notice="discarded")


def _body(fields: Mapping[str, str]) -> dict[str, object]:
    """The body of the call. The base is sent once."""
    body: dict[str, object] = {
        "text": {name: with_line_feeds(fields[name]) for name in FIELDS if name in fields}
    }
    if "base" in fields:
        revision, base = fields.get("revision"), unpacked(fields["base"])
        body["base"] = (
            {
                "etag": f'"{revision}-{_NO_HASH}"',
                "updated_at": fields.get("updated_at", ""),
                "text": {name: with_line_feeds(text) for name, text in base.items()},
            }
            if revision and base is not None
            else None
        )
    return body


def _json(content: Mapping[str, object], status: int = 200) -> Response:
    return JSONResponse(content, status, DESK_HEADERS)
