"""Comments that guests send with the form on a page."""

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.actors import PUBLIC
from everpost.domain.people.tokens import digest
from everpost.services.comments import AddedComment, CommentDraft, Guest, create_comment, read_context
from everpost.services.rate_limits import network_of
from everpost.stores.port import Store

_ID_DIGITS = 24
_KEY_BYTES = 24


async def create_from_form(store: Store, draft: CommentDraft, guest: Guest) -> AddedComment:
    """Add a guest's comment, as `create_comment` does. Everyone gets the same form, so it contains no id that
    would make it idempotent. Instead, the id and the edit key are derived, with the secret key of the blog,
    from the comment, the sender's network and the day: sending the same form again adds nothing, and returns
    the same edit key.
    """
    context = await read_context(store, PUBLIC, draft.post_id)
    day = now().date().isoformat()
    sent = (draft.post_id, draft.parent_id, draft.guest_name, draft.content, network_of(guest.address), day)
    secret, facts = context.blog.address_key, json.dumps(sent)
    comment_id = Id(hmac.new(secret, f"comment\n{facts}".encode(), "sha256").hexdigest()[:_ID_DIGITS])
    signature = hmac.new(secret, f"edit key\n{facts}".encode(), "sha256").digest()
    key = urlsafe_b64encode(signature[:_KEY_BYTES]).decode()
    made = await create_comment(store, PUBLIC, replace(draft, id=comment_id, key=key), guest)
    return replace(made, key=key) if made.comment.key_digest == digest(key) else made
