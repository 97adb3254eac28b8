"""Posts that the user may change."""

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
OF_ANOTHER = message("This post belongs to another author.")


async def own_post(store: Store, desk: Desk, id: Id) -> Post:
    """The post. Raises NotFound, and Forbidden if the user may not change it."""
    post = await posts.read_post(store, desk.actor, id, comments=0)
    if not desk.actor.owns(post):
        raise Forbidden(OF_ANOTHER)
    return post


def state_of(post: Post) -> str:
    """The text for the state of the post, not translated yet."""
    if post.status is PostStatus.DRAFT:
        return DRAFT
    return SCHEDULED if post.publication_date > now() else PUBLISHED


def label_of(post: Post, desk: Desk) -> str:
    """The title, or a text in its place."""
    return post.title if has_visible(post.title) else desk.text("Untitled")
