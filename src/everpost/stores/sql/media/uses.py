"""The files that posts use, in SQL.

The rows of a post are written in the transaction that writes the post. A file that a post ceases to use gets
a new `released_at` in the same transaction, whether or not other posts still use it.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Insert, bindparam, delete, insert, select, update

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import linked_digests, media_id
from everpost.domain.posts import Post, PostChange
from everpost.stores.sql.engine import Call
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.media import CONTENT, COVER, MediaRow, PostMediaRow
from everpost.stores.sql.model.types import IdText, Moment

_AT_ONCE = 500
"""The maximum number of files in one statement."""
_POST = bindparam("used_by", type_=IdText)
_PLACE = bindparam("used_in", type_=PostMediaRow.place.type)
_PLACES = PostMediaRow.place.in_(bindparam("places", expanding=True, type_=PostMediaRow.place.type))
_USED = bindparam("used", expanding=True, type_=IdText)
_OF_POST = PostMediaRow.post_id == _POST
_IN_PLACE = (_OF_POST, PostMediaRow.place == _PLACE)
_RELEASE = (
    update(MediaRow)
    .where(MediaRow.id == PostMediaRow.media_id, _OF_POST)
    .values(released_at=bindparam("released", type_=Moment))
)
_RELEASE_PLACES = _RELEASE.where(_PLACES)
_RELEASE_OTHERS = _RELEASE.where(PostMediaRow.place == _PLACE, PostMediaRow.media_id.not_in(_USED))
_DROP_PLACES = delete(PostMediaRow).where(_OF_POST, _PLACES)
_DROP_OTHERS = delete(PostMediaRow).where(*_IN_PLACE, PostMediaRow.media_id.not_in(_USED))
_HAS_IT = select(PostMediaRow.media_id).where(*_IN_PLACE, PostMediaRow.media_id == MediaRow.id)
_NAMES = ["post_id", "place", "media_id"]
_FOUND = select(_POST, _PLACE, MediaRow.id).where(MediaRow.id.in_(_USED))
_ADD = insert(PostMediaRow).from_select(_NAMES, _FOUND)
_ADD_MISSING = insert(PostMediaRow).from_select(_NAMES, _FOUND.where(~_HAS_IT.exists()))


class Use(NamedTuple):
    """A file that a post links to in one place. The file need not exist."""

    place: str
    media_id: Id


def uses_of(post: Post) -> Sequence[Use]:
    """Return the files that a post links to."""
    return [*_in_place(CONTENT, post.content), *_in_place(COVER, post.cover)]


def uses_after(change: PostChange) -> Sequence[Use]:
    """Return the files that a change links to."""
    return [*_in_place(CONTENT, change.content), *_in_place(COVER, change.cover)]


def changed_places(change: PostChange) -> Sequence[str]:
    """Return the places that a change writes."""
    written = {CONTENT: change.content, COVER: change.cover}
    return [place for place, text in written.items() if text is not None]


def additions(post: Post) -> Sequence[Call]:
    """Return the statements that add the rows of a new post."""
    return [*_adding(_ADD, post.id, uses_of(post))]


def changes(post_id: Id, change: PostChange) -> Sequence[Call]:
    """Return the statements that update the rows of a post, after the post itself."""
    places = changed_places(change)
    if not places:
        return ()
    uses = uses_after(change)
    this: Values = {"used_by": post_id}
    released: Values = {"released": now()}
    unused = [place for place in places if all(use.place != place for use in uses)]
    calls: list[Call] = []
    if unused:
        calls = [
            (_RELEASE_PLACES, {**this, **released, "places": unused}),
            (_DROP_PLACES, {**this, "places": unused}),
        ]
    for place in places:
        if place not in unused:
            kept = {**this, "used_in": place, "used": [use.media_id for use in uses if use.place == place]}
            calls += [(_RELEASE_OTHERS, kept | released), (_DROP_OTHERS, kept)]
    return [*calls, *_adding(_ADD_MISSING, post_id, uses)]


def each_use(uses: Sequence[Use]) -> Values:
    """Return the parameters for these files in one statement of PostgreSQL: `queries.writable_ctes`."""
    return {
        "each_used_place": [use.place for use in uses],
        "each_used_id": [use.media_id for use in uses],
    }


def all_changes(change: PostChange) -> Values:
    """Return the parameters for all changes in one statement of PostgreSQL; none if there are none."""
    places = changed_places(change)
    if not places:
        return {}
    return {"each_changed_place": places, "released": now(), **each_use(uses_after(change))}


def release(post_id: Id) -> Call:
    """Return the statement that releases all files of a post, before the post is removed."""
    return _RELEASE, {"used_by": post_id, "released": now()}


def _in_place(place: str, text: str | None) -> Iterator[Use]:
    return (Use(place, media_id(digest)) for digest in linked_digests(text))


def _adding(adding: Insert, post_id: Id, uses: Sequence[Use]) -> Iterator[Call]:
    for place in (CONTENT, COVER):
        ids = iter([use.media_id for use in uses if use.place == place])
        while some := [*islice(ids, _AT_ONCE)]:
            yield adding, {"used_by": post_id, "used_in": place, "used": some}
