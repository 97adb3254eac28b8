"""The table of past states of posts, and the mapping of its rows to domain values."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from everpost.domain.ids import Id
from everpost.domain.posts import MAX_COVER, MAX_SUMMARY, MAX_TITLE, PostFormat
from everpost.domain.writing.history import REVISION_ID_LENGTH, PostRevision
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.tables import KIND_LENGTH, MYSQL_TABLE, PostRow
from everpost.stores.sql.model.types import IdText, LongText, Moment, TextList, Word


class RevisionRow(Base):
    """A past state of a post. The ids of its author and editor are no foreign keys: they may have been
    removed since.
    """

    __tablename__ = "revisions"
    __table_args__ = (Index(None, "post_id", "number"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText(REVISION_ID_LENGTH), primary_key=True)
    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    content: Mapped[str] = mapped_column(LongText)
    format: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    summary: Mapped[str | None] = mapped_column(String(MAX_SUMMARY))
    tags: Mapped[Sequence[str]] = mapped_column(TextList)
    cover: Mapped[str | None] = mapped_column(String(MAX_COVER))
    is_published: Mapped[bool] = mapped_column(Boolean)
    author_id: Mapped[Id | None] = mapped_column(IdText)
    edited_by_id: Mapped[Id | None] = mapped_column(IdText)
    saved_at: Mapped[datetime] = mapped_column(Moment)


def revision_of(row: AnyRow) -> PostRevision:
    """Return the revision in a row."""
    return PostRevision(
        post_id=row.post_id,
        number=row.number,
        title=row.title,
        content=row.content,
        format=PostFormat(row.format),
        summary=row.summary,
        tags=row.tags,
        cover=row.cover,
        is_published=bool(row.is_published),
        author_id=row.author_id,
        edited_by_id=row.edited_by_id,
        saved_at=row.saved_at,
    )


def revision_values(revision: PostRevision) -> Values:
    """Return the row of a revision."""
    return {name: getattr(revision, name) for name in (column.key for column in RevisionRow.__table__.c)}
