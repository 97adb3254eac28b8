"""Publishing, unpublishing and deleting a post without its form."""

from fastapi import Request, Response

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.routing.dependencies import CurrentPolicies, OpenStore
from everpost.api.routing.parameters import PostId
from everpost.domain.clock import now
from everpost.domain.posts import Post, PostChange, PostStatus
from everpost.services import posts
from everpost.services.trash.posts import Deletion, delete_post
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


async def ask_to_delete(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Ask whether to delete the post."""
    return await _question(desk, store, await own_post(store, desk, post_id))


async def delete(
    request: Request, desk: CurrentDesk, store: OpenStore, policies: CurrentPolicies, post_id: PostId
) -> Response:
    """Delete the post, and the unsaved text of this user: `DELETE /posts/{post_id}`."""
    fields = await read_form(request)
    wanted = Deletion(
        id=post_id,
        match=parse_expected_revision(fields.get("revision", "")),
        is_permanent=not policies.trash_lifetime,
        discarded_copy=saved_copy(desk, fields.get("copy", "")),
    )
    try:
        await accepted(request, desk.language, lambda: delete_post(store, desk.actor, wanted))
    except FormError as refused:
        return await _question(desk, store, await own_post(store, desk, post_id), refused)
    return desk.redirect("/posts", notice="deleted")


async def _question(desk: Desk, store: Store, post: Post, refused: FormError | None = None) -> Response:
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
    )
