"""The tables of the records of a blog, in the order of `domain.record_kinds.registry`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import (
    FromClause,
    Select,
    Table,
    bindparam,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from everpost.domain.clock import EARLIEST
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.posts import Post
from everpost.domain.record_kinds.registry import (
    COMMENTS,
    MEDIA,
    PASSKEYS,
    POSTS,
    REMOVED_COMMENTS,
    REVISIONS,
    SETTINGS,
    TOKENS,
    USERS,
    WORKING_COPIES,
)
from everpost.stores.sql.bulk.media_uses import UsesOfMedia, UsesOfPosts
from everpost.stores.sql.bulk.record_table import (
    LIMIT,
    Octets,
    OwnedRows,
    Parts,
    RecordTable,
    in_range,
    owned_rows,
    sizes_by,
)
from everpost.stores.sql.model.mappers import (
    AnyRow,
    blog_of,
    blog_values,
    comment_of,
    comment_values,
    path_values,
    post_of,
    post_values,
    tag_values,
    token_of,
    token_values,
    user_of,
    user_values,
)
from everpost.stores.sql.model.media import MediaRow, media_of, media_values
from everpost.stores.sql.model.passkeys import PasskeyRow, passkey_of, passkey_values
from everpost.stores.sql.model.removed_comments import (
    RemovedCommentRow,
    removed_comment_of,
    removed_comment_values,
)
from everpost.stores.sql.model.revisions import RevisionRow, revision_of, revision_values
from everpost.stores.sql.model.tables import (
    BlogRow,
    CommentRow,
    PostPathRow,
    PostRow,
    PostTagRow,
    TokenRow,
    UserRow,
    WorkingCopyRow,
)
from everpost.stores.sql.model.working_copies import working_copy_of, working_copy_values
from everpost.stores.sql.queries.keyset import POSITION, After, position_values

_START = Position(EARLIEST, Id(""))
_NO_NAMES = (literal("").label("author_name"), null().label("author_disabled_at"))
_EDITOR = UserRow.__table__.alias("editor")
_OLDEST_FIRST = (CommentRow.publication_date, CommentRow.id)


def _without_names(comments: FromClause) -> Select[Any]:
    """Select comments with the ids of their authors and editors, which are null for removed users."""
    columns = (column for column in comments.c if column.key not in {"author_id", "editor_id", "is_shown"})
    people = (UserRow.id.label("author_id"), _EDITOR.c.id.label("editor_id"))
    return (
        select(*columns, comments.c.post_id.label("owner"), *people, *_NO_NAMES)
        .outerjoin(UserRow, UserRow.id == comments.c.author_id)
        .outerjoin(_EDITOR, _EDITOR.c.id == comments.c.editor_id)
    )


def _next_comments(*, is_shown: bool) -> Select[Any]:
    """Select the next comments of a thread, either shown or hidden ones, from a range of an index."""
    statement = (
        select(CommentRow.__table__)
        .where(
            CommentRow.post_id == bindparam("owner", type_=CommentRow.post_id.type),
            CommentRow.is_shown == (true() if is_shown else false()),
            After(*_OLDEST_FIRST, *POSITION),
        )
        .order_by(*_OLDEST_FIRST)
        .limit(LIMIT)
    )
    # MariaDB scans the whole thread if it estimates that most of it comes after the position.
    hint = "FORCE INDEX (ix_comments_post_id_is_shown_publication_date_id)"
    return select(statement.with_hint(CommentRow, hint, "mysql").subquery())


def _post_of(row: AnyRow) -> Post:
    return replace(
        post_of(row),
        preview_nonce=row.preview_nonce,
        revision_number=row.revision_number,
        edited_by_id=row.edited_by_id,
        edit_began_at=row.edit_began_at,
    )


def _position_of(comment: Comment | None) -> Mapping[str, object]:
    return position_values(_START if comment is None else comment.position)


_next = union_all(_next_comments(is_shown=True), _next_comments(is_shown=False)).subquery("next")
_THREADS: OwnedRows[Comment] = OwnedRows(
    sizes=sizes_by(CommentRow.post_id, Octets(CommentRow.content)),
    of_owners=in_range(_without_names(CommentRow.__table__), CommentRow.post_id).order_by(
        CommentRow.post_id, *_OLDEST_FIRST
    ),
    page=_without_names(_next).order_by(_next.c.publication_date, _next.c.id).limit(LIMIT),
    position=_position_of,
)

RECORD_TABLES: tuple[RecordTable[Any], ...] = (
    RecordTable(
        kind=SETTINGS,
        table=cast("Table", BlogRow.__table__),
        values=blog_values,
        record=blog_of,
        identity=("number",),
    ),
    RecordTable(
        kind=USERS,
        table=cast("Table", UserRow.__table__),
        values=user_values,
        record=user_of,
        taken="email_key",
    ),
    RecordTable(
        kind=TOKENS,
        table=cast("Table", TokenRow.__table__),
        values=token_values,
        record=token_of,
        taken="digest",
    ),
    RecordTable(
        kind=MEDIA,
        table=cast("Table", MediaRow.__table__),
        values=media_values,
        record=media_of,
        columns=_NO_NAMES,
        uses=UsesOfMedia(),
    ),
    RecordTable(
        kind=POSTS,
        table=cast("Table", PostRow.__table__),
        values=post_values,
        record=_post_of,
        columns=_NO_NAMES,
        taken="slug",
        parts=(
            Parts(table=cast("Table", PostTagRow.__table__), of="post_id", values=tag_values),
            Parts(
                table=cast("Table", PostPathRow.__table__),
                of="post_id",
                values=path_values,
                unique="path",
                listed="paths",
            ),
        ),
        octets=Octets(PostRow.content),
        uses=UsesOfPosts(),
    ),
    RecordTable(
        kind=COMMENTS,
        table=cast("Table", CommentRow.__table__),
        values=comment_values,
        record=comment_of,
        identity=("id", "post_id", "publication_date"),
        owned=_THREADS,
    ),
    RecordTable(
        kind=REMOVED_COMMENTS,
        table=cast("Table", RemovedCommentRow.__table__),
        values=removed_comment_values,
        record=removed_comment_of,
        owned=owned_rows(
            REMOVED_COMMENTS,
            cast("Table", RemovedCommentRow.__table__),
            before_all="",
            octets=Octets(RemovedCommentRow.content),
        ),
    ),
    RecordTable(
        kind=REVISIONS,
        table=cast("Table", RevisionRow.__table__),
        values=revision_values,
        record=revision_of,
        owned=owned_rows(
            REVISIONS,
            cast("Table", RevisionRow.__table__),
            before_all=0,
            octets=Octets(RevisionRow.content),
        ),
    ),
    RecordTable(
        kind=WORKING_COPIES,
        table=cast("Table", WorkingCopyRow.__table__),
        values=working_copy_values,
        record=working_copy_of,
        octets=Octets(WorkingCopyRow.text) + func.coalesce(Octets(WorkingCopyRow.base), 0),
    ),
    RecordTable(
        kind=PASSKEYS,
        table=cast("Table", PasskeyRow.__table__),
        values=passkey_values,
        record=passkey_of,
    ),
)
