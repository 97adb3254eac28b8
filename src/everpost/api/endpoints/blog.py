"""The settings of the blog over HTTP."""

from fastapi import Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.responses import tagged
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import IfMatch, IfNoneMatch
from everpost.api.routing.security import CurrentActor, CurrentMember
from everpost.api.schemas.blog import BlogUpdate, change_of, read_blog
from everpost.services import blog


async def get_settings(store: OpenStore, actor: CurrentActor, if_none_match: IfNoneMatch = None) -> Response:
    """Get the settings of the blog.

    Only a token with the scope `admin` shows the comment policy.
    """
    found = await blog.read_settings(store)
    content = read_blog(found, with_policy=blog.sees_policy(actor))
    return tagged(content, found.revision, if_none_match=if_none_match)


async def update_settings(
    store: OpenStore, actor: CurrentMember, body: BlogUpdate, if_match: IfMatch = None
) -> Response:
    """Update the settings of the blog.

    Only the fields in the body change. Requires the scope `admin`.
    """
    changed = await blog.change_blog(store, actor, change_of(body), match=expected_revisions(if_match))
    return tagged(read_blog(changed, with_policy=True), changed.revision)
