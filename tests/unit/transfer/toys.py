"""Two additional kinds of records: badges, and notes that belong to posts. A new kind needs only these parts:
a value, an entry in the registry, a table and a collection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from bson import ObjectId
from pymongo.asynchronous.database import AsyncDatabase
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from everpost.domain.ids import Id
from everpost.domain.record_kinds import fields
from everpost.domain.record_kinds.fields import ID, number, reference, text
from everpost.domain.record_kinds.kinds import Kind, Kinds
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record
from everpost.stores.mongo.bulk.record_collections import RecordCollection
from everpost.stores.sql.bulk.record_table import RecordTable, owned_rows
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.transfer.copy.record_json import row_of
from tests.contract.port.blog.whole_blogs import a_whole_blog
from tests.contract.port.examples import MOMENT, numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge(Record):
    """A record that belongs to no other."""

    id: Id
    label: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Record):
    """A record that belongs to a post."""

    id: Id
    post_id: Id
    number: int
    words: str


NOTE_KIND = Kind(
    name="note",
    plural="notes",
    type=Note,
    fields={"id": ID, "post_id": reference("post"), "number": number(0, 1_000), "words": text(0, 100)},
    order=("number",),
    owner="post_id",
)
BADGE_KIND = Kind(
    name="badge",
    plural="badges",
    type=Badge,
    fields={"id": ID, "label": text(1, 100), "given_at": fields.MOMENT},
    unique={"label": lambda badge: [badge.label]},
)
TOY_KINDS = Kinds(*KINDS, NOTE_KIND, BADGE_KIND)

METADATA = MetaData()
_posts = cast("Table", PostRow.__table__)
_notes = Table(
    "notes",
    METADATA,
    Column("id", IdText, primary_key=True),
    Column("post_id", IdText, ForeignKey(_posts.c.id, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("words", String(100), nullable=False),
)
_badges = Table(
    "badges",
    METADATA,
    Column("id", IdText, primary_key=True),
    Column("label", String(100), nullable=False, unique=True),
    Column("given_at", Moment, nullable=False),
)


def _note_values(note: Note) -> Values:
    return {"id": note.id, "post_id": note.post_id, "number": note.number, "words": note.words}


def _note_of(row: AnyRow) -> Note:
    return Note(id=row.id, post_id=row.post_id, number=row.number, words=row.words)


def _badge_values(badge: Badge) -> Values:
    return {"id": badge.id, "label": badge.label, "given_at": badge.given_at}


def _badge_of(row: AnyRow) -> Badge:
    return Badge(id=row.id, label=row.label, given_at=row.given_at)


def toy_collections(database: AsyncDatabase[Any]) -> Sequence[RecordCollection[Any]]:
    """Their collections in MongoDB."""
    return (
        RecordCollection(
            kind=NOTE_KIND,
            collection=database["notes"],
            document=lambda note: {
                "_id": ObjectId(note.id),
                "post_id": ObjectId(note.post_id),
                "number": note.number,
                "words": note.words,
            },
            record=lambda note: Note(
                id=Id(str(note["_id"])),
                post_id=Id(str(note["post_id"])),
                number=note["number"],
                words=note["words"],
            ),
        ),
        RecordCollection(
            kind=BADGE_KIND,
            collection=database["badges"],
            document=lambda badge: {
                "_id": ObjectId(badge.id),
                "label": badge.label,
                "given_at": badge.given_at,
            },
            record=lambda badge: Badge(
                id=Id(str(badge["_id"])), label=badge["label"], given_at=badge["given_at"]
            ),
            taken="label",
        ),
    )


TOY_TABLES = (
    RecordTable(
        kind=NOTE_KIND,
        table=_notes,
        values=_note_values,
        record=_note_of,
        owned=owned_rows(NOTE_KIND, _notes, before_all=-1),
    ),
    RecordTable(kind=BADGE_KIND, table=_badges, values=_badge_values, record=_badge_of, taken="label"),
)

BADGES = [Badge(id=numbered(0xBA + each), label=f"Badge {each}", given_at=MOMENT) for each in range(3)]


def notes_on(post: int, count: int) -> list[Note]:
    """Notes on the post with this number."""
    return [
        Note(id=numbered(0x1000 * post + each), post_id=numbered(post), number=each, words=f"Note {each}")
        for each in range(count)
    ]


def in_order(records: Sequence[Record]) -> list[Record]:
    """The records in the order of a stream."""
    return sorted(records, key=lambda record: row_of(record, TOY_KINDS).key)


WHOLE = in_order([*a_whole_blog(), *notes_on(1, 3), *notes_on(3, 250), *BADGES])
