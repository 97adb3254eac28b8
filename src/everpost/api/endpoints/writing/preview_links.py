"""Links to previews of posts over HTTP."""

from datetime import timedelta

from fastapi import Request, Response

from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import home_url
from everpost.api.routing.parameters import PostId
from everpost.api.routing.security import CurrentMember
from everpost.api.schemas.writing.preview_links import PreviewLinkCreate, read_preview_link
from everpost.errors import NoPages
from everpost.services.blog import read_settings
from everpost.services.drafts import preview_links


async def create_preview_link(
    request: Request, store: OpenStore, actor: CurrentMember, post_id: PostId, body: PreviewLinkCreate
) -> Response:
    """Create a link to a preview of a post.

    Anyone who has the link can read the current state of the post until the link expires or is revoked.
    Once the post is public, the link redirects to it. Requires the scope `posts:write`.
    """
    blog = await read_settings(store)
    base = home_url(request, blog)
    if base is None:
        raise NoPages
    sent = body.get("expires_in")
    lifetime = preview_links.LIFETIME if sent is None else timedelta(seconds=sent)
    link = await preview_links.create_link(store, actor, blog, post_id, lifetime=lifetime)
    return JsonResponse(read_preview_link(link, base), headers={"cache-control": "no-store"})


async def revoke_preview_links(store: OpenStore, actor: CurrentMember, post_id: PostId) -> Response:
    """Revoke all links to previews of a post.

    They stop working immediately. Requires the scope `posts:write`.
    """
    await preview_links.revoke_links(store, actor, post_id)
    return Response(status_code=204)
