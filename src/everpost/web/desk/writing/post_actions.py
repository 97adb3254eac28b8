"""Publishing, unpublishing and deleting a post without its form."""

from contextlib import suppress

from fastapi import Request, Response

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.parameters import PostId
from everpost.domain.clock import now
from everpost.domain.posts import Post, PostChange, PostStatus
from everpost.errors import NotInTrash
from everpost.services import posts
from everpost.services.policies import Policies
from everpost.services.trash.posts import Deletion, delete_post, restore_post
from everpost.stores.port import Store
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.forms import accepted
from everpost.web.desk.writing.own_posts import label_of, own_post
from everpost.web.desk.writing.working_copies import find_copy, saved_copy
from everpost.web.forms.errors import FormError


async def undo(request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Publish the post again, or make it a draft again, as it was before: `PATCH /posts/{post_id}`."""
    fields = await read_form(request)
    is_published = fields.get("status") == PostStatus.PUBLISHED
    change = PostChange(updated_at=now(), status=PostStatus.PUBLISHED if is_published else PostStatus.DRAFT)
    match = parse_expected_revision(fields.get("revision", ""))
    await posts.update_post(store, desk.actor, post_id, change, match=match)
    notice = "published" if is_published else "unpublished"
    return desk.redirect(f"/posts/{post_id}", notice=notice)


async def ask_to_delete(
    desk: CurrentDesk, store: OpenStore, policies: CurrentPolicies, post_id: PostId
) -> Response:
    """Ask whether to delete the post."""
    return await _question(desk, store, policies, await own_post(store, desk, post_id))


async def delete(
    request: Request, desk: CurrentDesk, store: OpenStore, policies: CurrentPolicies, post_id: PostId
) -> Response:
    """Delete the post, and the unsaved text of this user: `DELETE /posts/{post_id}`."""
    fields = await read_form(request)
    is_permanent = fields.get("permanently") == "true" or not policies.trash_lifetime
    wanted = Deletion(
        id=post_id,
        match=parse_expected_revision(fields.get("revision", "")),
        is_permanent=is_permanent,
        discarded_copy=saved_copy(desk, fields.get("copy", "")),
    )
    try:
        await accepted(request, desk.language, lambda: delete_post(store, desk.actor, wanted))
    except FormError as refused:
        return await _question(desk, store, policies, await own_post(store, desk, post_id), refused)
    if is_permanent:
        return desk.redirect("/posts", notice="deleted")
    return desk.redirect("/posts", notice="trashed", subject=post_id)


async def restore(request: Request, desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Restore the post from the trash: `POST /posts/{post_id}/restore`."""
    match = parse_expected_revision((await read_form(request)).get("revision", ""))
    with suppress(NotInTrash):  # a form that was sent twice
        await restore_post(store, desk.actor, post_id, match=match)
    return desk.redirect(f"/posts/{post_id}", notice="restored")


async def show_trashed(desk: Desk, post: Post, *, has_copy: bool) -> Response:
    """The page of a post in the trash, in place of the editor."""
    trashed_at = post.trashed_at or post.updated_at
    return desk.page(
        "writing/trashed.html",
        label_of(post, desk),
        post=post,
        revision=revision_text(post.revision),
        trashed_at=desk.day(trashed_at),
        has_copy=has_copy,
    )


async def _question(
    desk: Desk, store: Store, policies: Policies, post: Post, refused: FormError | None = None
) -> Response:
    copy = await find_copy(store, desk, post.id)
    return desk.page(
        "writing/delete.html",
        desk.text("Delete post"),
        refused=refused,
        notice=None,
        post=post,
        label=label_of(post, desk),
        revision=revision_text(post.revision),
        copy="" if copy is None else revision_text(copy.revision),
        is_permanent=post.status is PostStatus.TRASHED or not policies.trash_lifetime,
        days=policies.trash_lifetime.days,
    )
