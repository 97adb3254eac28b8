"""Writes to several tables in one statement of PostgreSQL: it commits by itself, in one round trip, and holds
no lock while an answer is on its way.

All parts of a statement see the database as it was when it began, except for the rows that they change:
https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Update, bindparam, column, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from everpost.stores.sql.matching import FORMS
from everpost.stores.sql.reading import AnySelect, with_author
from everpost.stores.sql.rows import Values
from everpost.stores.sql.tables import CommentRow, PostRow

_EACH = "each_"
"""Before the names of parameters that have a value for each row."""
_COMMENT = tuple(CommentRow.__table__.c)
_NEW_COMMENTS = (
    func.unnest(*(bindparam(f"{_EACH}{each.key}", type_=ARRAY(each.type)) for each in _COMMENT))
    .table_valued(*(column(each.key, each.type) for each in _COMMENT), name="new")
    .render_derived()
)


def each_of(rows: Sequence[Values]) -> Values:
    """The parameters for these rows, which have the same columns."""
    return {f"{_EACH}{name}": [row[name] for row in rows] for name in rows[0]}


@lru_cache(FORMS)
def adding_comments(touching: Update) -> AnySelect:
    """Adds comments that answer none to the post that an UPDATE touches, and gives their ids with the columns
    of their authors; nothing where it touches no post.
    """
    touched = touching.returning(PostRow.id).cte("touched")
    new = select(*_NEW_COMMENTS.c).join(touched, touched.c.id == _NEW_COMMENTS.c.post_id)
    adding = insert(CommentRow).from_select([each.key for each in _COMMENT], new)
    added = adding.returning(CommentRow.id, CommentRow.author_id).cte("added")
    return with_author(select(added.c.id).select_from(added), added.c.author_id)
