"""The tables of uploaded files, and the mapping of their rows to domain values."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import MAX_ALT, MAX_MEDIA_NAME, MediaFile, MediaUse
from everpost.domain.media.types import MediaType
from everpost.domain.revisions import new_stamp
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.mappers import AnyRow, Values, author_of
from everpost.stores.sql.model.tables import DIGEST_LENGTH, KIND_LENGTH, MYSQL_TABLE, PostRow, UserRow
from everpost.stores.sql.model.types import IdText, LongBytes, Moment, Word

TYPE_LENGTH = 32
KEY_LENGTH = 100
"""The maximum length of a key of bytes."""
CONTENT, COVER = "content", "cover"
"""The places in a post where it uses a file."""


class MediaRow(Base):
    """The facts about an uploaded file. `released_at` is when a post last ceased to use it or, if none has
    yet, when it was added here. It never leaves the database.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "type", "created_at", "id"),
        Index(None, "released_at", "id"),
        Index(None, "author_id"),
        MYSQL_TABLE,
    )

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    digest: Mapped[str] = mapped_column(Word(DIGEST_LENGTH))
    name: Mapped[str] = mapped_column(Word(MAX_MEDIA_NAME))
    type: Mapped[str] = mapped_column(Word(TYPE_LENGTH))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    is_animated: Mapped[bool] = mapped_column(Boolean)
    alt: Mapped[str] = mapped_column(String(MAX_ALT))
    focus_x: Mapped[int | None] = mapped_column(SmallInteger)
    focus_y: Mapped[int | None] = mapped_column(SmallInteger)
    author_id: Mapped[Id | None] = mapped_column(IdText, ForeignKey(UserRow.id, ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[int] = mapped_column(BigInteger)
    released_at: Mapped[datetime] = mapped_column(Moment)

    author: Mapped[UserRow | None] = relationship(viewonly=True, lazy="raise")


class PostMediaRow(Base):
    """A file that a post uses, and where. The foreign key keeps files in use from being removed."""

    __tablename__ = "post_media"
    __table_args__ = (Index(None, "media_id", "post_id"), MYSQL_TABLE)

    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(Word(KIND_LENGTH), primary_key=True)
    media_id: Mapped[Id] = mapped_column(
        IdText, ForeignKey(MediaRow.id, ondelete="RESTRICT"), primary_key=True
    )


class MediaBytesRow(Base):
    """The bytes of a key. The key is null until all chunks are there, and again from when the row is dropped,
    before its first chunk is deleted.
    """

    __tablename__ = "media_bytes"
    __table_args__ = (MYSQL_TABLE,)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    key: Mapped[str | None] = mapped_column(Word(KEY_LENGTH), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(Moment)
    is_dropped: Mapped[bool] = mapped_column(Boolean)


class MediaChunkRow(Base):
    """A part of some bytes."""

    __tablename__ = "media_chunks"
    __table_args__ = (MYSQL_TABLE,)

    bytes_id: Mapped[Id] = mapped_column(
        IdText, ForeignKey(MediaBytesRow.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LongBytes)


def media_of(row: AnyRow) -> MediaFile:
    """Return the file in a row, with its author."""
    return MediaFile(
        digest=row.digest,
        name=row.name,
        type=MediaType(row.type),
        size=row.size,
        width=row.width,
        height=row.height,
        is_animated=row.is_animated,
        alt=row.alt,
        focus_x=row.focus_x,
        focus_y=row.focus_y,
        author=author_of(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        stamp=row.stamp,
    )


def media_values(file: MediaFile) -> Values:
    """Return the row of a file that no post uses yet."""
    return {
        "id": file.id,
        "digest": file.digest,
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "is_animated": file.is_animated,
        "alt": file.alt,
        "focus_x": file.focus_x,
        "focus_y": file.focus_y,
        "author_id": None if file.author is None else file.author.id,
        "created_at": file.created_at,
        "updated_at": file.updated_at,
        "version": file.version,
        "stamp": new_stamp(),
        "released_at": now(),
    }


def use_of(row: AnyRow) -> MediaUse:
    """Return the post in a row that uses a file."""
    return MediaUse(post_id=row.id, title=row.title, slug=row.slug)
