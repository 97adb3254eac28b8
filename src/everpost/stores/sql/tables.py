"""The tables. A change here needs a migration: `alembic revision --autogenerate -m ...`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from everpost.domain.ids import Id
from everpost.domain.posts import MAX_SLUG, MAX_TITLE
from everpost.stores.sql.types import ExactText, IdText, LongText, Moment, TextList

MYSQL_TABLE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}


class Base(DeclarativeBase):
    """What SQLAlchemy asks for; constraints have names, so that a migration can drop them (a primary key
    has one on every engine, and MySQL takes no other).
    """

    metadata = MetaData(
        naming_convention={
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class PostRow(Base):
    """A post."""

    __tablename__ = "posts"
    __table_args__ = (Index(None, "publication_date", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    content: Mapped[str] = mapped_column(LongText)
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    slug: Mapped[str | None] = mapped_column(ExactText(MAX_SLUG), unique=True)
    tags: Mapped[Sequence[str]] = mapped_column(TextList)
    comment_count: Mapped[int] = mapped_column(Integer)


class CommentRow(Base):
    """A comment. `parent_id` refers to nothing: the comment that was answered may be gone."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "post_id", "publication_date", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"))
    parent_id: Mapped[Id | None] = mapped_column(IdText)
    content: Mapped[str] = mapped_column(LongText)
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
