"""Writes to several tables in one statement of PostgreSQL: a transaction in one round trip, which holds no
lock while a response is on its way.

All parts of a statement see the database as it was when the statement began, except for the rows that they
change: https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from sqlalchemy import FromClause, Update, all_, any_, bindparam, column, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.media import MediaRow, PostMediaRow
from everpost.stores.sql.model.tables import CommentRow, PostRow, PostTagRow
from everpost.stores.sql.queries.post_queries import posts_of, with_threads
from everpost.stores.sql.queries.preconditions import FORMS, NEW
from everpost.stores.sql.queries.selects import ID, AnySelect, AnyUnion

_EACH = "each_"
"""Prefix of parameters with one value per row."""
_COMMENT = tuple(CommentRow.__table__.c)
_NEW_COMMENTS = (
    func.unnest(*(bindparam(f"{_EACH}{each.key}", type_=ARRAY(each.type)) for each in _COMMENT))
    .table_valued(*(column(each.key, each.type) for each in _COMMENT), name="new")
    .render_derived()
)


def new(values: Values) -> Values:
    """Return the parameters of `adding_post` for the columns of a post."""
    return {f"{NEW}{name}": value for name, value in values.items()}


def each_of(rows: Sequence[Values]) -> Values:
    """Return the parameters for rows with the same columns."""
    return {f"{_EACH}{name}": [row[name] for row in rows] for name in rows[0]}


_TAGS = bindparam(f"{_EACH}tag", type_=ARRAY(PostTagRow.tag.type))
_LISTED = ("status", "kind", "publication_date", "updated_at")


def _tags(post: FromClause) -> Insert:
    """List the post under its tags."""
    tags = func.unnest(_TAGS).table_valued("tag", name="tags").render_derived()
    columns = (post.c.id, tags.c.tag, *(post.c[name] for name in _LISTED))
    rows = select(*columns).select_from(post.join(tags, true()))  # SQLAlchemy warns of a product otherwise
    inserting = insert(PostTagRow).from_select(["post_id", "tag", *_LISTED], rows)
    return inserting.on_conflict_do_update(
        index_elements=[PostTagRow.post_id, PostTagRow.tag],
        set_={name: inserting.excluded[name] for name in _LISTED},
    )


_ADDED = (
    insert(PostRow)
    .values({column.key: bindparam(f"{NEW}{column.key}") for column in PostRow.__table__.c})
    .returning(PostRow.__table__)
    .cte("added")
)


_USED_PLACES = bindparam(f"{_EACH}used_place", type_=ARRAY(PostMediaRow.place.type))
_USED_IDS = bindparam(f"{_EACH}used_id", type_=ARRAY(PostMediaRow.media_id.type))
_CHANGED_PLACES = bindparam(f"{_EACH}changed_place", type_=ARRAY(PostMediaRow.place.type))
_USES = (
    func.unnest(_USED_PLACES, _USED_IDS)
    .table_valued(
        column("place", PostMediaRow.place.type), column("media_id", PostMediaRow.media_id.type), name="uses"
    )
    .render_derived()
)


def _used(post: FromClause) -> Insert:
    """Add the rows of the existing files that the post uses."""
    files = _USES.join(MediaRow, MediaRow.id == _USES.c.media_id)
    rows = select(post.c.id, _USES.c.place, MediaRow.id).select_from(post.join(files, true()))
    return insert(PostMediaRow).from_select(["post_id", "place", "media_id"], rows).on_conflict_do_nothing()


def _released(post: FromClause) -> Update:
    """Delete the rows of the files that the post no longer uses in the changed places, and release them."""
    is_used = (
        select(_USES.c.media_id)
        .where(_USES.c.place == PostMediaRow.place, _USES.c.media_id == PostMediaRow.media_id)
        .exists()
    )
    of_post = (PostMediaRow.post_id == post.c.id, PostMediaRow.place == any_(_CHANGED_PLACES))
    dropped = delete(PostMediaRow).where(*of_post, ~is_used).returning(PostMediaRow.media_id).cte("dropped")
    moment = bindparam("released", type_=MediaRow.released_at.type)
    return update(MediaRow).where(MediaRow.id == dropped.c.media_id).values(released_at=moment)


@cache
def adding_post(*, uses_media: bool) -> AnySelect:
    """Add a post with its tags and the files that it uses."""
    adding = select(_ADDED.c.id).add_cte(_tags(_ADDED).cte("tagged"))
    return adding.add_cte(_used(_ADDED).cte("used")) if uses_media else adding


def each_tag(tags: Sequence[str]) -> Values:
    """Return the parameter for the tags of a post."""
    return {_TAGS.key: list(tags)}


@lru_cache(FORMS)
def saving_post(
    saving: Update, *, has_tags: bool, has_comments: bool, writes_uses: bool
) -> AnySelect | AnyUnion:
    """Change a post with an UPDATE, its rows in the lists by tag, and those of the files that it uses; return
    it like `post_queries`.

    The statement returns nothing if it changes nothing. That includes the case that another writer has just
    changed the post, because this statement might not see its new comments.
    """
    seen = PostRow.__table__.alias("seen")
    is_as_seen = PostRow.stamp == select(seen.c.stamp).where(seen.c.id == ID).scalar_subquery()
    saved = saving.where(is_as_seen).returning(PostRow.__table__).cte("saved")
    posts = posts_of(saved)
    reading = with_threads(posts, [select(saved.c.id).scalar_subquery()]) if has_comments else posts
    if writes_uses:
        reading = reading.add_cte(_released(saved).cte("released"), _used(saved).cte("used"))
    of_post = PostTagRow.post_id == saved.c.id
    if has_tags:
        removing = delete(PostTagRow).where(of_post, PostTagRow.tag != all_(_TAGS))
        return reading.add_cte(removing.cte("untagged"), _tags(saved).cte("tagged"))
    listed = {name: saved.c[name] for name in _LISTED}
    return reading.add_cte(update(PostTagRow).where(of_post).values(listed).cte("listed"))


@lru_cache(FORMS)
def adding_comments(thread_update: Update) -> AnySelect:
    """Add top-level comments to the post that an UPDATE changes, and return their ids, if any."""
    touched = thread_update.returning(PostRow.id).cte("touched")
    new = select(*_NEW_COMMENTS.c).join(touched, touched.c.id == _NEW_COMMENTS.c.post_id)
    adding = insert(CommentRow).from_select([each.key for each in _COMMENT], new)
    return select(adding.returning(CommentRow.id).cte("added"))
