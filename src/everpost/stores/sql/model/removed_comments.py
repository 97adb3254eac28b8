"""The table of removed comments, and the mapping of its rows to domain values."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from everpost.domain.comments import MAX_GUEST_NAME, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.trash.removed_comments import RemovedComment
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.tables import DIGEST_LENGTH, KIND_LENGTH, MYSQL_TABLE, PostRow
from everpost.stores.sql.model.types import ExactText, IdText, LongText, Moment, Word


class RemovedCommentRow(Base):
    """A comment as it was before it was removed. The ids of users are no foreign keys, as in `CommentRow`."""

    __tablename__ = "removed_comments"
    __table_args__ = (Index(None, "post_id", "id"), Index(None, "removed_at", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"))
    parent_id: Mapped[Id | None] = mapped_column(IdText)
    content: Mapped[str] = mapped_column(LongText)
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    author_id: Mapped[Id | None] = mapped_column(IdText)
    guest_name: Mapped[str | None] = mapped_column(String(MAX_GUEST_NAME))
    key_digest: Mapped[str | None] = mapped_column(ExactText(DIGEST_LENGTH))
    editor_id: Mapped[Id | None] = mapped_column(IdText)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime] = mapped_column(Moment)
    removed_by_id: Mapped[Id | None] = mapped_column(IdText)


_COLUMNS = tuple(column.key for column in RemovedCommentRow.__table__.columns)


def removed_comment_of(row: AnyRow) -> RemovedComment:
    """Return the removed comment in a row."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    return RemovedComment(**values | {"status": CommentStatus(row.status)})


def removed_comment_values(comment: RemovedComment) -> Values:
    """Return the row of a removed comment."""
    return {name: getattr(comment, name) for name in _COLUMNS}
