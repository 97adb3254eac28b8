"""Working copies for the tests, and functions that read them."""

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import User
from everpost.domain.revisions import ExpectedRevisions, Revision
from everpost.domain.writing.working_copies import (
    PostBase,
    PostText,
    WorkingCopy,
    WorkingCopyChange,
    WorkingCopyQuery,
    WorkingCopyState,
)
from everpost.stores.port import Store
from tests.contract.port.examples import MOMENT

TYPED = PostText(title="A ti", content="Some\r\ntext", tags="a, ,", slug="Half a Sl-")
BASE = PostBase(
    etag='"1-5cfc620b1f20dcfc-0123456789abcdef"', updated_at=MOMENT, text=PostText(title="Title", content="")
)
WRONG = frozenset({Revision(1, 4711)})


def typing(
    user: User,
    post_id: Id,
    text: PostText = TYPED,
    *,
    base: PostBase | None = None,
    keeps_base: bool = False,
) -> WorkingCopyChange:
    return WorkingCopyChange(
        user_id=user.id,
        post_id=post_id,
        text=text,
        base=base,
        keeps_base=keeps_base,
        updated_at=MOMENT,
    )


def only(state: WorkingCopyState) -> ExpectedRevisions:
    return frozenset({state.revision})


async def read(store: Store, user: User, post_id: Id) -> WorkingCopy:
    return (await store.working_copies.get(user.id, post_id)).copy


async def posts_of_copies(store: Store, user: User, *, limit: int = 100) -> list[Id]:
    """The posts of all working copies of a user, page by page."""
    found: list[Id] = []
    after: Position | None = None
    while True:
        page = await store.working_copies.page(WorkingCopyQuery(user_id=user.id, limit=limit, after=after))
        found += [row.post_id for row in page.rows]
        if not page.has_more:
            return found
        assert page.rows[-1].position != after, "the walk does not move on"
        after = page.rows[-1].position
