"""What the collections are like from the second migration on."""

from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from everpost.stores.mongo.migrations.definition import (
    COUNT,
    DATE,
    ID,
    NUMBER,
    Collection,
    array,
    document,
    one_of,
    text,
)

_POLICY = one_of(("open", "moderated", "members", "closed"))
_DIGEST = text(64, 64)
_WORDS = {
    "mark": ID,
    "content": text(0, 20_000),  # empty: the comment was erased, and others answer it
    "publication_date": DATE,
    "updated_at": DATE,
    "version": NUMBER,
    "depth": COUNT,
    "status": one_of(("pending", "approved", "spam", "removed")),
    "reply_count": COUNT,
    "shown": {"bsonType": "bool"},
}
_MORE_WORDS = {"parent_id": ID, "author_id": ID, "guest_name": text(1, 100), "key_digest": _DIGEST}
_COPY_NAME = document({"thread": ID, "run": NUMBER, "id": ID})

_POST = document(
    {
        "_id": ID,
        "title": text(1, 255),
        "content": text(0, 1_000_000),
        "publication_date": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "slug": text(1, 255),
        "tags": array({"bsonType": "string"}),
        "status": one_of(("draft", "published")),
        "comment_count": COUNT,
        "comments": array(document({"id": ID, **_WORDS}, _MORE_WORDS)),
        "thread": ID,
        "runs": COUNT,
        "open": array(document({"run": NUMBER, "since": DATE}, {"void": {"bsonType": "bool"}})),
        "gone": array(_COPY_NAME),
    },
    {"author_id": ID, "comment_policy": _POLICY, "settled_from": DATE},
)
_SETTLED = document({"_id": _COPY_NAME, "post_id": ID, **_WORDS}, _MORE_WORDS)
_THREAD = document({"_id": ID, "post_id": ID}, {"removed_at": DATE})
_TOKEN = document(
    {
        "id": ID,
        "digest": _DIGEST,
        "name": text(1, 100),
        "scopes": array({"bsonType": "string"}),
        "created_at": DATE,
    },
    {"expires_at": DATE, "last_used_at": DATE},
)
_USER = document(
    {
        "_id": ID,
        "name": text(1, 100),
        "email": text(1, 254),
        "email_key": text(1, 254),
        "role": one_of(("author", "editor", "admin")),
        "created_at": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "tokens": array(_TOKEN),
    },
    {"disabled_at": DATE, "password_hash": text(0, 255), "first": {"bsonType": "bool"}, "leaving": ID},
)
_REMOVED_USER = document({"_id": ID, "removed_at": DATE}, {"heir": ID})
_LIMIT = document({"_id": text(1, 64), "count": COUNT, "until": DATE})
_BLOG = document(
    {
        "_id": text(1, 4),
        "comment_policy": _POLICY,
        "address_key": {"bsonType": "binData"},
        "version": NUMBER,
        "updated_at": DATE,
    }
)


def _index(name: str, *fields: str) -> IndexModel:
    """A field with a minus descends."""
    keys = [(field.lstrip("-"), DESCENDING if field.startswith("-") else ASCENDING) for field in fields]
    return IndexModel(keys, name=name)


def _unique(name: str, field: str) -> IndexModel:
    """Of documents with the field; without it they would all have null."""
    present = {field: {"$exists": True}}
    return IndexModel([(field, ASCENDING)], name=name, unique=True, partialFilterExpression=present)


def _lists_of_posts() -> Sequence[IndexModel]:
    starts = {"status": ("status",), "author": ("author_id", "status"), "tag": ("tags", "status")}
    ends = {"date": "publication_date", "update": "updated_at"}
    return [
        _index(f"of_{start}_by_{end}", *fields, moment, "_id")
        for start, fields in starts.items()
        for end, moment in ends.items()
    ]


_QUEUE = ("comments.status", "-comments.publication_date", "-comments.id")
_SETTLED_PLACE = ("publication_date", "_id.id")

COLLECTIONS = {
    "posts": Collection(
        {"$jsonSchema": _POST},
        (
            *_lists_of_posts(),
            _unique("unique_slug", "slug"),
            _unique("unique_comment", "comments.id"),
            _index("queue", *_QUEUE),
            _index("queue_of_author", "author_id", *_QUEUE),
            IndexModel(
                [("author_id", ASCENDING), ("runs", ASCENDING)],
                name="settled_of_author",
                partialFilterExpression={"runs": {"$gt": 0}},
            ),
        ),
    ),
    "comments": Collection(
        {"$jsonSchema": _SETTLED},
        (
            _index("shown", "_id.thread", "shown", *_SETTLED_PLACE),
            _index("replies", "_id.thread", "parent_id", "shown", *_SETTLED_PLACE),
            _index("by_comment", "_id.id"),
            _index("queue", "status", *_SETTLED_PLACE),
            _index("queue_of_thread", "_id.thread", "status", *_SETTLED_PLACE),
        ),
    ),
    "threads": Collection({"$jsonSchema": _THREAD}),
    "users": Collection(
        {"$jsonSchema": {"oneOf": [_USER, _REMOVED_USER]}},
        (
            _unique("unique_email", "email_key"),
            _unique("unique_first", "first"),
            _unique("unique_token", "tokens.id"),
            _unique("unique_digest", "tokens.digest"),
            _index("by_creation", "created_at", "_id"),
            IndexModel(
                [("heir", ASCENDING)], name="heirs", partialFilterExpression={"heir": {"$exists": True}}
            ),
            IndexModel(
                [("removed_at", ASCENDING)],
                name="removed",
                partialFilterExpression={"removed_at": {"$exists": True}},
            ),
        ),
    ),
    "limits": Collection(
        {"$jsonSchema": _LIMIT},
        (IndexModel([("until", ASCENDING)], name="ended", expireAfterSeconds=0),),
    ),
    "blog": Collection({"$jsonSchema": _BLOG}),
}
