"""Links to previews of drafts and scheduled posts, for people without an account.

A link contains the id of the post, the time at which it expires, and a signature. The signature depends on
the secret key of the blog, and on the nonce of the post, which exists from its first link until its links are
revoked. So a link need not be stored, and it still works after the blog has moved to another database.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import randbelow
from urllib.parse import urlencode

from everpost.domain.blog import Blog
from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.posts import MAX_PREVIEW_NONCE, Post, PostStatus
from everpost.errors import Forbidden, NotFound
from everpost.services.posts import owner_id, refusal, require_writer
from everpost.stores.port import Store

LIFETIME = timedelta(days=7)
MAX_LIFETIME = timedelta(days=30)
_SECONDS = re.compile("[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """A link to the preview of a post."""

    post_id: Id
    expires_at: datetime
    """In whole seconds."""
    signature: str

    @property
    def path(self) -> str:
        """The path below the home page of the blog, with the query."""
        query = {"until": int(self.expires_at.timestamp()), "signature": self.signature}
        return f"/preview/{self.post_id}?{urlencode(query)}"


async def create_link(
    store: Store, actor: Actor, blog: Blog, post_id: Id, *, lifetime: timedelta = LIFETIME
) -> PreviewLink:
    """A new link. Raises Unauthenticated, NotFound, Forbidden."""
    await require_writer(store, actor, post_id)
    try:
        nonce = await store.preview_links.create(
            post_id, 1 + randbelow(MAX_PREVIEW_NONCE), owner_id=owner_id(actor)
        )
    except Forbidden:
        raise await refusal(store, actor, post_id) from None
    until = int((now() + lifetime).timestamp())
    return PreviewLink(post_id, datetime.fromtimestamp(until, UTC), _signature(blog, post_id, nonce, until))


async def revoke_links(store: Store, actor: Actor, post_id: Id) -> None:
    """Revoke all links to the preview of the post. Raises Unauthenticated, NotFound, Forbidden."""
    await require_writer(store, actor, post_id)
    try:
        await store.preview_links.revoke(post_id, owner_id=owner_id(actor))
    except Forbidden:
        raise await refusal(store, actor, post_id) from None


async def read_preview(store: Store, blog: Blog, post_id: Id, *, until: str, signature: str) -> Post:
    """The post that a link leads to, without comments. Raises NotFound if the link is not valid."""
    if not _SECONDS.fullmatch(until) or int(until) <= now().timestamp():
        raise NotFound("page", "")
    nonce = await store.preview_links.nonce(post_id)
    # Without a nonce the signature is compared as well: the time taken does not tell which posts have links.
    expected = _signature(blog, post_id, nonce, int(until))
    is_signed = hmac.compare_digest(expected.encode(), signature.encode())
    if nonce is None or not is_signed:
        raise NotFound("page", "")
    post = await store.posts.get(post_id, comments=0)
    if post.status is PostStatus.TRASHED:
        raise NotFound("page", "")
    return post


def _signature(blog: Blog, post_id: Id, nonce: int | None, until: int) -> str:
    facts = f"preview\n{post_id}\n{nonce}\n{until}"
    signature = hmac.new(blog.address_key, facts.encode(), "sha256").digest()
    return urlsafe_b64encode(signature).decode().rstrip("=")
