"""Posts, their nested comments, and the comments that settled."""

from pymongo import ASCENDING, IndexModel

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.definition import (
    COUNT,
    DATE,
    ID,
    NUMBER,
    Collection,
    Definition,
    Loss,
    array,
    document,
    establish,
    text,
)

_WORDS = {
    "mark": ID,
    "content": text(1, 20_000),
    "publication_date": DATE,
    "updated_at": DATE,
    "version": NUMBER,
}
_COPY_NAME = document({"thread": ID, "run": NUMBER, "id": ID})

_POST = document(
    {
        "_id": ID,
        "title": text(1, 255),
        "content": text(0, 1_000_000),
        "publication_date": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "tags": array({"bsonType": "string"}),
        "comment_count": COUNT,
        "comments": array(document({"id": ID, **_WORDS}, {"parent_id": ID})),
        "thread": ID,
        "runs": COUNT,
        "open": array(document({"run": NUMBER, "since": DATE}, {"void": {"bsonType": "bool"}})),
        "gone": array(_COPY_NAME),
    },
    {"slug": text(1, 255), "settled_from": DATE},
)
_SETTLED = document({"_id": _COPY_NAME, "post_id": ID, **_WORDS}, {"parent_id": ID})
_THREAD = document({"_id": ID, "post_id": ID}, {"removed_at": DATE})

COLLECTIONS = {
    "posts": Collection(
        {"$jsonSchema": _POST},
        (
            IndexModel([("publication_date", ASCENDING), ("_id", ASCENDING)], name="by_position"),
            IndexModel(
                [("slug", ASCENDING)],
                name="unique_slug",
                unique=True,
                partialFilterExpression={"slug": {"$exists": True}},
            ),
            IndexModel(
                [("comments.id", ASCENDING)],
                name="unique_comment",
                unique=True,
                # A post without comments would have the id null, and there is more than one.
                partialFilterExpression={"comments.id": {"$exists": True}},
            ),
        ),
    ),
    "comments": Collection(
        {"$jsonSchema": _SETTLED},
        (
            IndexModel(
                [("_id.thread", ASCENDING), ("publication_date", ASCENDING), ("_id.id", ASCENDING)],
                name="by_position",
            ),
            IndexModel([("_id.id", ASCENDING)], name="by_comment"),
        ),
    ),
    "threads": Collection({"$jsonSchema": _THREAD}),
}


async def up(database: Database) -> None:
    for name, collection in COLLECTIONS.items():
        await establish(database, name, collection)


async def down(database: Database) -> None:
    for name in COLLECTIONS:
        await database.drop_collection(name)


MIGRATION = Definition(
    number=1,
    title="posts and comments",
    up=up,
    down=down,
    collections=COLLECTIONS,
    losses_down=(Loss("posts", "posts"), Loss("comments", "comments")),
)
