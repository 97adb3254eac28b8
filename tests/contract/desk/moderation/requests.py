"""Forms of the queue, for the table of the desk in docs/permissions.md."""

from everpost.stores.port import Store
from tests.contract.desk.moderation.queues import publish_by, wait_on
from tests.contract.desk.permissions import Prepare, Sent
from tests.contract.http.people import Who


def decision_on_post_of(owner: Who | None) -> Prepare:
    """Prepares a decision about a comment on a post of this person; None: of the one who sends it."""

    async def prepare(store: Store, who: Who) -> Sent:
        writer = owner or ("admin" if who == "nobody" else who)
        comment = await wait_on(store, await publish_by(store, writer))
        revision = f"1-{comment.stamp:x}"
        fields = {"from": "pending", "view": "pending", "status": "spam", f"c.{comment.id}": revision}
        return Sent(fields=fields)

    return prepare


REQUESTS = {
    "POST /desk/comments on your own post": decision_on_post_of(None),
    "POST /desk/comments on another user's post": decision_on_post_of("other author"),
}
