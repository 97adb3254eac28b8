"""What one does with comments."""

from dataclasses import dataclass
from datetime import datetime

from everpost.domain.clock import now
from everpost.domain.comments import Comment, CommentChange
from everpost.domain.ids import Id, new_id
from everpost.domain.revisions import Match
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDraft:
    """A comment to be put under a post. None: the author left it out."""

    post_id: Id
    content: str
    id: Id | None = None
    publication_date: datetime | None = None
    parent_id: Id | None = None


async def comment_on(store: Store, draft: CommentDraft) -> tuple[Comment, bool]:
    """The comment as it is stored, and whether it was stored only now; a draft with an id can be
    sent again, as for `publish`. NotFound (the post), Conflict, Invalid.
    """
    moment = now()
    comment = Comment(
        id=draft.id or new_id(),
        post_id=draft.post_id,
        content=draft.content,
        publication_date=draft.publication_date or moment,
        updated_at=moment,
        parent_id=draft.parent_id,
    )
    try:
        await store.comments.add(comment)
    except Conflict as conflict:
        if draft.id is None or conflict.field != "id":
            raise
        stored = await _stored(store, comment)
        if stored is None or not _repeats(draft, stored):
            raise
        return stored, False
    return comment, True


async def _stored(store: Store, comment: Comment) -> Comment | None:
    try:
        return await store.comments.get(comment.post_id, comment.id)
    except NotFound:  # under another post, or removed since it was in the way
        return None


def _repeats(draft: CommentDraft, stored: Comment) -> bool:
    return (
        draft.content == stored.content
        and draft.publication_date in (None, stored.publication_date)
        and draft.parent_id in (None, stored.parent_id)
    )


async def reword(store: Store, post_id: Id, id: Id, content: str | None, *, match: Match) -> Comment:
    """The comment with other words; as it was where there are none. NotFound, Stale."""
    if content is None:
        comment = await store.comments.get(post_id, id)
        if match is not None and comment.revision not in match:
            raise Stale("comment", id)
        return comment
    return await store.comments.save(
        post_id, id, CommentChange(updated_at=now(), content=content), match=match
    )
