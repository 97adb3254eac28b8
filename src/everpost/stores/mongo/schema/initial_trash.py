"""The collection of removed comments in the initial schema."""

from pymongo import ASCENDING, IndexModel

from everpost.stores.mongo.schema.definition import Collection
from everpost.stores.mongo.schema.json_schema import DATE, ID, NUMBER, document, one_of, text

_REMOVED_COMMENT = document(
    {
        "_id": ID,
        "post_id": ID,
        "content": text(1, 20_000),
        "publication_date": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "status": one_of("pending", "approved", "spam", "removed"),
        "removed_at": DATE,
    },
    {
        "parent_id": ID,
        "author_id": ID,
        "guest_name": text(1, 100),
        "key_digest": text(64, 64),
        "editor_id": ID,
        "edited_at": DATE,
        "removed_by_id": ID,
    },
)

TRASH_COLLECTIONS = {
    "removed_comments": Collection(
        {"$jsonSchema": _REMOVED_COMMENT},
        (
            IndexModel([("post_id", ASCENDING), ("_id", ASCENDING)], name="of_post"),
            IndexModel([("removed_at", ASCENDING), ("_id", ASCENDING)], name="by_removal"),
        ),
    ),
}
