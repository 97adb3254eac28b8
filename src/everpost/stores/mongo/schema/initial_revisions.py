"""The collection of past states of posts in the initial schema."""

from pymongo import ASCENDING, IndexModel

from everpost.stores.mongo.schema.definition import Collection
from everpost.stores.mongo.schema.json_schema import COUNT, DATE, FLAG, ID, array, document, one_of, text

_REVISION = document(
    {
        "_id": text(32, 32),
        "post_id": ID,
        "number": COUNT,
        "title": text(1, 255),
        "content": text(0, 1_000_000),
        "format": one_of("markdown", "html"),
        "tags": array({"bsonType": "string"}),
        "is_published": FLAG,
        "saved_at": DATE,
    },
    {"summary": text(1, 500), "cover": text(1, 2_000), "author_id": ID, "edited_by_id": ID},
)

REVISION_COLLECTIONS = {
    "revisions": Collection(
        {"$jsonSchema": _REVISION},
        (IndexModel([("post_id", ASCENDING), ("number", ASCENDING)], name="of_post"),),
    ),
}
