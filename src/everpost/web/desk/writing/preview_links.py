"""Links to previews: `POST` and `DELETE /posts/{post_id}/preview` of the API."""

from fastapi import Response

from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import PostId
from everpost.services.drafts import preview_links
from everpost.web import dates
from everpost.web.desk.desk import CurrentDesk


async def share(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """A new link to the preview of the post, for people without an account."""
    link = await preview_links.create_link(store, desk.actor, desk.shown.blog, post_id)
    return desk.page(
        "writing/preview_link.html",
        desk.text("Preview link"),
        link=f"{desk.shown.urls.base}{link.path}",
        expires=dates.minute(link.expires_at, desk.language.tag, desk.shown.urls.zone),
        id=post_id,
    )


async def revoke(desk: CurrentDesk, store: OpenStore, post_id: PostId) -> Response:
    """Revoke all links to the preview of the post."""
    await preview_links.revoke_links(store, desk.actor, post_id)
    return desk.redirect(f"/posts/{post_id}", notice="links-revoked")
