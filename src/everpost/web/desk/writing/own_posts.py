"""Posts that the user may change."""

from collections.abc import Mapping

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.names import has_visible
from everpost.domain.posts import Post, PostStatus
from everpost.errors import Forbidden
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk
from everpost.web.languages import message

DRAFT = message("Draft")
SCHEDULED = message("Scheduled")
PUBLISHED = message("Published")
TRASHED = message("In the trash")
OF_ANOTHER = message("This post belongs to another author.")
OF_OTHER_USER = message(
    "Someone else has signed in with this browser since you opened the form, so it has not been saved."
    " In a new tab, sign in with your own account. Then come back and send it again."
)


def require_same_user(desk: Desk, fields: Mapping[str, str]) -> None:
    """Raise Forbidden if another user has opened the form. It must not become a text of this one."""
    if fields.get("user", desk.user.id) != desk.user.id:
        raise Forbidden(OF_OTHER_USER)


async def own_post(store: Store, desk: Desk, id: Id) -> Post:
    """The post. Raises NotFound, and Forbidden if the user may not change it."""
    post = await posts.read_post(store, desk.actor, id, comments=0)
    if not desk.actor.owns(post):
        raise Forbidden(OF_ANOTHER)
    return post


def state_of(post: Post) -> str:
    """The text for the state of the post, not translated yet."""
    if post.status is PostStatus.TRASHED:
        return TRASHED
    if post.status is PostStatus.DRAFT:
        return DRAFT
    return SCHEDULED if post.publication_date > now() else PUBLISHED


def label_of(post: Post, desk: Desk) -> str:
    """The title, or a text in its place."""
    return post.title if has_visible(post.title) else desk.text("Untitled")
