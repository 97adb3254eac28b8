"""The collections of uploaded files in the initial schema."""

from pymongo import ASCENDING, IndexModel

from everpost.stores.mongo.schema.definition import Collection
from everpost.stores.mongo.schema.json_schema import COUNT, DATE, FLAG, ID, NUMBER, document, text

_MEDIA = document(
    {
        "_id": ID,
        "digest": text(64, 64),
        "name": text(1, 100),
        "type": text(1, 32),
        "size": COUNT,
        "is_animated": FLAG,
        "alt": text(0, 1_000),
        "created_at": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "stamp": NUMBER,
    },
    {
        **dict.fromkeys(("width", "height", "focus_x", "focus_y"), COUNT),
        "author_id": ID,
        "released_at": DATE,
        "use_stamp": NUMBER,
    },
)
_MEDIA_BYTES = document({"_id": ID, "size": COUNT, "stored_at": DATE}, {"key": text(1, 100), "dropped": FLAG})
_MEDIA_CHUNK = document({"_id": ID, "bytes_id": ID, "number": COUNT, "data": {"bsonType": "binData"}})


def _index(name: str, *fields: str, unique: bool = False) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, unique=unique)


_IS_UNUSED = {"released_at": {"$exists": True}}
_HAS_KEY = {"key": {"$exists": True}}

MEDIA_COLLECTIONS = {
    "media": Collection(
        {"$jsonSchema": _MEDIA},
        (
            _index("by_creation", "created_at", "_id"),
            _index("by_type", "type", "created_at", "_id"),
            IndexModel(["created_at", "_id"], name="unused", partialFilterExpression=_IS_UNUSED),
            IndexModel(["released_at", "_id"], name="by_release", partialFilterExpression=_IS_UNUSED),
            _index("of_author", "author_id"),
        ),
    ),
    "media_bytes": Collection(
        {"$jsonSchema": _MEDIA_BYTES},
        (
            IndexModel(
                [("key", ASCENDING)], name="unique_key", unique=True, partialFilterExpression=_HAS_KEY
            ),
            _index("by_time", "stored_at"),
        ),
    ),
    "media_chunks": Collection(
        {"$jsonSchema": _MEDIA_CHUNK}, (_index("in_order", "bytes_id", "number", unique=True),)
    ),
}
