"""The editor: `POST /posts` and `PATCH /posts/{post_id}` of the API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request, Response
from pydantic import TypeAdapter

from everpost.api.http.etags import parse_expected_revision
from everpost.api.http.forms import read_form
from everpost.api.http.problems import STATUSES
from everpost.api.middleware.refusals import log_refusal
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import PostId
from everpost.api.schemas.post_bodies import change_of, draft_of
from everpost.api.schemas.posts import PostCreate, PostUpdate
from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id, parse_id
from everpost.domain.posts import Post, PostStatus
from everpost.errors import Forbidden, NotFound
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted, checked
from everpost.web.desk.writing.conflicts import resolve
from everpost.web.desk.writing.editor_page import EditorPage, former_copy
from everpost.web.desk.writing.fields.base_forms import unpacked
from everpost.web.desk.writing.fields.post_form import (
    FIELDS,
    Action,
    Typed,
    changed_body,
    changed_fields,
    empty_form,
    form_of,
    new_body,
    status_after,
)
from everpost.web.desk.writing.own_posts import own_post, require_same_user
from everpost.web.desk.writing.post_actions import show_trashed
from everpost.web.desk.writing.working_copies import discard_former, find_copy, saved_copy
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import message

_NEW: TypeAdapter[PostCreate] = TypeAdapter(PostCreate)
_CHANGED: TypeAdapter[PostUpdate] = TypeAdapter(PostUpdate)
_MAY_BE_EMPTY = frozenset({"content"})
_FILLED_IN = frozenset({"slug", "publication_date"})
"""Fields that get a value if they are empty."""
_STALE = 412
_GONE = message("This post was deleted, or is no longer yours. Save your text as a new post, or copy it.")


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it was sent."""

    typed: Typed
    action: Action
    revision: str
    """The revision of the post when the form was opened."""
    status: str
    """The status of the post when the form was opened."""
    base: Typed | None
    """The texts of the post when the form was opened; None if they were not sent."""
    copy: str = ""
    """The revision of the working copy with these texts."""
    former: str = ""
    """The working copy of another post with these texts."""

    @classmethod
    def of(cls, fields: Mapping[str, str], before: Typed) -> "Sent":
        """`before`: the texts of the fields that the form does not have."""
        typed = dict(before) | {name: fields[name] for name in FIELDS if name in fields}
        wanted = fields.get("action", "")
        return cls(
            typed,
            Action(wanted) if wanted in [*Action] else Action.SAVE,
            fields.get("revision", ""),
            fields.get("status", ""),
            unpacked(fields.get("base", "")),
            fields.get("copy", ""),
            fields.get("former", ""),
        )

    def is_current(self, post: Post, before: Typed) -> bool:
        """Whether the post, whose texts are `before`, is still as it was when the form was opened. New
        comments also change its revision, but nothing in the form.
        """
        if post.revision in (parse_expected_revision(self.revision) or ()):
            return True
        return self.base is not None and self.status == post.status and not changed_fields(before, self.base)

    def is_already_made(self, post: Post, before: Typed) -> bool:
        """Whether the post, whose texts are `before`, already is what the form would make it, as after
        a form that was sent twice.
        """
        if self.base is None or status_after(self.action, self.status) != post.status:
            return False
        mine = changed_fields(self.typed, self.base) & changed_fields(self.typed, before)
        return all(name in _FILLED_IN and not self.typed[name].strip() for name in mine)


async def show_new(desk: CurrentDesk, store: OpenStore) -> Response:
    """The form for a new post."""
    form = empty_form(desk.user)
    return await EditorPage(desk, store, new_id(), form, base=form).response()


async def create(request: Request, desk: CurrentDesk, store: OpenStore) -> Response:
    """Add the post, and go to its editor."""
    fields, start = await read_form(request), empty_form(desk.user)
    require_same_user(desk, fields)
    sent, post_id = Sent.of(fields, start), parse_id(fields.get("id", "")) or new_id()
    try:
        body = new_body(sent.typed, post_id, sent.action, desk.shown.blog.zone, desk.language)
        checked_body = checked(_NEW, body, desk.language, may_be_empty=_MAY_BE_EMPTY)
        draft = draft_of(checked_body, saved_copy=saved_copy(desk, sent.copy))
        post, _ = await accepted(request, desk.language, lambda: posts.create_post(store, desk.actor, draft))
    except FormError as refused:
        if "id" in refused.errors:  # the form was already sent, and has changed since
            return await _taken(request, desk, store, sent, post_id)
        page = EditorPage(desk, store, post_id, sent.typed, base=start, copy=sent.copy, former=sent.former)
        return await page.response(refused)
    await discard_former(store, desk, sent.former)
    return _saved(desk, post, None)


async def show(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """The form for a post, with what the user has typed and not saved yet."""
    copy = await find_copy(store, desk, post_id)
    try:
        post = await own_post(store, desk, post_id)
    except (NotFound, Forbidden) as error:
        if copy is None:
            raise
        form = empty_form(desk.user)
        new = new_id() if isinstance(error, Forbidden) else post_id
        page = EditorPage(desk, store, new, form, base=form).rescuing(copy)
        return await page.response(gone="" if copy.base is None else desk.text(_GONE))
    if post.status is PostStatus.TRASHED:
        return await show_trashed(desk, post, has_copy=copy is not None)
    form = form_of(post, desk.shown.blog.zone)
    page = EditorPage(desk, store, post_id, form, base=form, post=post)
    return await (page if copy is None else page.with_copy(copy)).response()


async def save(request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Change the post. If someone else has changed it, show what differs."""
    fields = await read_form(request)
    require_same_user(desk, fields)
    while True:
        try:
            post = await own_post(store, desk, post_id)
        except (NotFound, Forbidden) as error:
            await log_refusal(request, error)
            sent = Sent.of(fields, empty_form(desk.user))
            is_free = isinstance(error, NotFound)
            return await _gone(desk, store, sent, post_id, STATUSES[type(error)], is_free=is_free)
        before = form_of(post, desk.shown.blog.zone)
        sent = Sent.of(fields, before)
        if post.status is not PostStatus.TRASHED and not sent.is_current(post, before):
            if sent.is_already_made(post, before):
                await discard_former(store, desk, former_copy(post.id, sent.copy))
                return _saved(desk, post, post if sent.status == PostStatus.PUBLISHED else None)
            return await _conflict(desk, store, sent, post)
        try:
            saved = await _write(request, desk, store, sent, post)
        except NotFound:  # deleted meanwhile
            continue
        except FormError as refused:
            if refused.status == _STALE:
                continue
            page = EditorPage(desk, store, post_id, sent.typed, base=before, post=post, copy=sent.copy)
            return await page.response(refused)
        return _saved(desk, saved, post)


async def _write(request: Request, desk: Desk, store: Store, sent: Sent, post: Post) -> Post:
    """Change the post, if it is still this one. Raises FormError."""
    zone = desk.shown.blog.zone
    body = await asyncio.to_thread(changed_body, sent.typed, post, sent.action, zone, desk.language)
    checked_body = checked(_CHANGED, body, desk.language, may_be_empty=_MAY_BE_EMPTY)
    change = change_of(checked_body, saved_copy=saved_copy(desk, sent.copy))
    match = frozenset({post.revision})
    return await accepted(
        request,
        desk.language,
        lambda: posts.update_post(store, desk.actor, post.id, change, match=match),
    )


async def _conflict(desk: Desk, store: Store, sent: Sent, post: Post) -> Response:
    """The page for a post that someone else has changed, with what both have written."""
    theirs = form_of(post, desk.shown.blog.zone)
    base = sent.base or empty_form(desk.user)
    conflict = await asyncio.to_thread(resolve, base, theirs, sent.typed)
    page = EditorPage(desk, store, post.id, conflict.typed, base=theirs, post=post, copy=sent.copy)
    text = desk.text(
        "Someone else has saved this post since you opened it, so your version has not been saved yet."
    )
    return await page.response(FormError(_STALE, {WHOLE: text}), conflict)


async def _taken(request: Request, desk: Desk, store: Store, sent: Sent, post_id: Id) -> Response:
    """The page for a new post whose id a post has already."""
    try:
        post = await own_post(store, desk, post_id)
    except (NotFound, Forbidden) as error:
        await log_refusal(request, error)
        return await _gone(desk, store, sent, post_id, STATUSES[type(error)])
    return await _conflict(desk, store, sent, post)


async def _gone(
    desk: Desk, store: Store, sent: Sent, post_id: Id, status: int, *, is_free: bool = False
) -> Response:
    """The page for a post that was deleted, or that the user may no longer change, with what was typed. The
    form adds a new post, with the same id if it `is_free`, and removes the working copy.
    """
    page = EditorPage(
        desk,
        store,
        post_id if is_free else new_id(),
        {**sent.typed, "author_id": desk.user.id},
        base=empty_form(desk.user),
        copy=sent.copy if is_free else "",
        former=sent.former if is_free else former_copy(post_id, sent.copy) or sent.former,
    )
    return await page.response(FormError(status, {WHOLE: desk.text(_GONE)}))


def _saved(desk: Desk, post: Post, before: Post | None) -> Response:
    """A redirect to the editor, with a notice of what was done."""
    is_public = post.status is PostStatus.PUBLISHED
    if not is_public:
        was_public = before is not None and before.status is PostStatus.PUBLISHED
        notice = "unpublished" if was_public else "draft-saved"
    elif post.publication_date > now():
        notice = "scheduled"
    elif before is not None and before.status is PostStatus.PUBLISHED:
        notice = "changes-published"
    else:
        notice = "published"
    return desk.redirect(f"/posts/{post.id}", notice=notice, subject=post.id)
