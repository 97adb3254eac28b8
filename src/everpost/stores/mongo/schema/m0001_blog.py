"""The initial schema: every collection with its validator and indexes, and the initial settings."""

import secrets
from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from everpost.domain.clock import now
from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.schema.definition import Collection, Definition, Loss, establish
from everpost.stores.mongo.schema.initial_media import MEDIA_COLLECTIONS
from everpost.stores.mongo.schema.initial_revisions import REVISION_COLLECTIONS
from everpost.stores.mongo.schema.initial_trash import TRASH_COLLECTIONS
from everpost.stores.mongo.schema.json_schema import (
    COUNT,
    DATE,
    FLAG,
    ID,
    NUMBER,
    array,
    document,
    one_of,
    text,
)

_POLICY = one_of("open", "moderated", "members", "closed")
_DIGEST = text(64, 64)
_COMMENT_FIELDS = {
    "_id": ID,
    "post_id": ID,
    "stamp": NUMBER,
    "content": text(0, 20_000),  # empty in tombstones
    "publication_date": DATE,
    "updated_at": DATE,
    "version": NUMBER,
    "depth": COUNT,
    "status": one_of("pending", "approved", "spam", "removed"),
    "reply_count": COUNT,
    "shown": FLAG,
}
_OPTIONAL_COMMENT_FIELDS = {
    "parent_id": ID,
    "author_id": ID,
    "guest_name": text(1, 100),
    "key_digest": _DIGEST,
    "editor_id": ID,
    "edited_at": DATE,
}
_COMMENT = document(_COMMENT_FIELDS, _OPTIONAL_COMMENT_FIELDS)

_POST = document(
    {
        "_id": ID,
        "title": text(1, 255),
        "content": text(0, 1_000_000),
        "publication_date": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "stamp": NUMBER,
        "slug": text(1, 255),
        "tags": array({"bsonType": "string"}),
        "format": one_of("markdown", "html"),
        "status": one_of("draft", "published", "trashed"),
        "kind": one_of("post", "page"),
        "revision_number": COUNT,
        "comment_count": COUNT,
        "comments": array(_COMMENT),
    },
    {
        "author_id": ID,
        "comment_policy": _POLICY,
        "summary": text(1, 500),
        "paths": array(text(1, 500)),
        "media": array(ID),
        "preview_nonce": NUMBER,
        "cover": text(1, 2_000),
        "trashed_at": DATE,
        "former_status": one_of("draft", "published"),
        "edited_by_id": ID,
        "edit_began_at": DATE,
    },
)
_REMOVED_POST = document({"_id": ID, "removed_at": DATE})
_TOKEN = document(
    {
        "id": ID,
        "digest": _DIGEST,
        "name": text(1, 100),
        "scopes": array({"bsonType": "string"}),
        "created_at": DATE,
        "kind": one_of("login", "named", "first", "reset"),
    },
    {"expires_at": DATE, "last_used_at": DATE, "login_id": ID},
)
_USER = document(
    {
        "_id": ID,
        "name": text(1, 100),
        "name_key": text(64, 64),
        "email": text(1, 254),
        "email_key": text(1, 254),
        "role": one_of("author", "editor", "admin"),
        "created_at": DATE,
        "updated_at": DATE,
        "version": NUMBER,
        "stamp": NUMBER,
        "tokens": array(_TOKEN),
    },
    {"disabled_at": DATE, "password_hash": text(0, 255), "first": FLAG},
)
_REMOVED_USER = document({"_id": ID, "removed_at": DATE}, {"heir": ID})
_LIMIT = document({"_id": text(1, 64), "count": COUNT, "until": DATE})
_LINK = document({"label": text(1, 100), "url": text(1, 2_000)})
_BLOG = document(
    {
        "_id": text(1, 4),
        "comment_policy": _POLICY,
        "title": text(0, 255),
        "description": text(0, 500),
        "language": text(1, 35),
        "time_zone": text(1, 64),
        "permalink": text(1, 100),
        "navigation": array(_LINK),
        "posts_per_page": NUMBER,
        "address_key": {"bsonType": "binData"},
        "version": NUMBER,
        "stamp": NUMBER,
        "names_stamp": NUMBER,
        "updated_at": DATE,
    },
    {"base_url": text(1, 255)},
)
_SHORT_FIELDS = ("title", "summary", "tags", "slug", "publication_date", "kind", "format", "comment_policy")
_TYPED = document(
    {},
    {
        **dict.fromkeys((*_SHORT_FIELDS, "author_id", "paths", "cover"), text(0, 20_000)),
        "content": text(0, 1_000_000),
    },
)
_WORKING_COPY = document(
    {
        "_id": text(48, 48),
        "user_id": ID,
        "post_id": ID,
        "text": _TYPED,
        "updated_at": DATE,
        "version": NUMBER,
        "stamp": NUMBER,
    },
    {"base": document({"etag": text(1, 100), "updated_at": DATE, "text": _TYPED})},
)
_PASSKEY = document(
    {
        "_id": ID,
        "user_id": ID,
        "name": text(1, 100),
        "credential_id": text(1, 1_364),
        "public_key": text(1, 8_000),
        "created_at": DATE,
    }
)
_TRANSFER = document({"_id": one_of("transfer"), "origin": text(1, 64)}, {"digest": text(64, 64)})


def _index(name: str, *fields: str, only_with: str | None = None) -> IndexModel:
    """An index. A field with a minus sign is in descending order. `only_with`: indexes only documents that
    have this field.
    """
    keys = [(field.lstrip("-"), DESCENDING if field.startswith("-") else ASCENDING) for field in fields]
    if only_with is None:
        return IndexModel(keys, name=name)
    return IndexModel(keys, name=name, partialFilterExpression={only_with: {"$exists": True}})


def _unique(name: str, field: str) -> IndexModel:
    """A unique index on the documents that have the field: those without it would all count as null."""
    present = {field: {"$exists": True}}
    return IndexModel([(field, ASCENDING)], name=name, unique=True, partialFilterExpression=present)


def _lists_of_posts() -> Sequence[IndexModel]:
    listed = ("status", "kind")
    starts = {"status": listed, "author": ("author_id", *listed), "tag": ("tags", *listed)}
    ends = {"date": "publication_date", "update": "updated_at"}
    return [
        _index(f"of_{start}_by_{end}", *fields, moment, "_id")
        for start, fields in starts.items()
        for end, moment in ends.items()
    ]


_POSITION = ("publication_date", "_id")

COLLECTIONS = {
    "posts": Collection(
        {"$jsonSchema": {"oneOf": [_POST, _REMOVED_POST]}},
        (
            *_lists_of_posts(),
            _unique("unique_slug", "slug"),
            _unique("unique_path", "paths"),
            IndexModel([("media", ASCENDING)], name="of_media", sparse=True),
            _index("removed", "removed_at", only_with="removed_at"),
            _index("trash", "trashed_at", only_with="trashed_at"),
        ),
    ),
    "comments": Collection(
        {"$jsonSchema": _COMMENT},
        (
            _index("in_order", "post_id", *_POSITION),
            _index("shown", "post_id", "shown", *_POSITION),
            _index("replies", "post_id", "parent_id", "shown", *_POSITION),
            _index("queue", "status", *_POSITION),
        ),
    ),
    **TRASH_COLLECTIONS,
    "users": Collection(
        {"$jsonSchema": {"oneOf": [_USER, _REMOVED_USER]}},
        (
            _unique("unique_email", "email_key"),
            _unique("unique_first", "first"),
            _unique("unique_token", "tokens.id"),
            _unique("unique_digest", "tokens.digest"),
            _index("by_creation", "created_at", "_id"),
            _index("heirs", "heir", only_with="heir"),
            _index("removed", "removed_at", only_with="removed_at"),
            IndexModel([("name_key", ASCENDING)], name="by_name_key", sparse=True),
        ),
    ),
    "limits": Collection(
        {"$jsonSchema": _LIMIT},
        (IndexModel([("until", ASCENDING)], name="ended", expireAfterSeconds=0),),
    ),
    "working_copies": Collection(
        {"$jsonSchema": _WORKING_COPY},
        (_index("of_user", "user_id", "-updated_at", "-post_id"),),
    ),
    **REVISION_COLLECTIONS,
    "passkeys": Collection({"$jsonSchema": _PASSKEY}, (_index("of_user", "user_id", "created_at", "_id"),)),
    **MEDIA_COLLECTIONS,
    "blog": Collection({"$jsonSchema": _BLOG}),
    "transfers": Collection({"$jsonSchema": _TRANSFER}),
}


async def up(database: Database) -> None:
    for name, collection in COLLECTIONS.items():
        await establish(database, name, collection)
    settings = {
        "comment_policy": "moderated",
        "title": "",
        "description": "",
        "language": "en",
        "time_zone": "UTC",
        "permalink": "/{slug}",
        "navigation": [],
        "posts_per_page": 10,
        "address_key": secrets.token_bytes(32),
        "version": 1,
        "stamp": new_stamp(),
        "names_stamp": new_stamp(),
        "updated_at": now(),
    }
    await database["blog"].update_one({"_id": "blog"}, {"$setOnInsert": settings}, upsert=True)


async def down(database: Database) -> None:
    for name in COLLECTIONS:
        await database.drop_collection(name)


MIGRATION = Definition(
    number=1,
    title="initial schema",
    up=up,
    down=down,
    collections=COLLECTIONS,
    seeds={"blog": {"_id": "blog", "version": 1}},
    losses_down=(
        Loss("posts", "posts", {"removed_at": {"$exists": False}}),
        Loss("removed comments", "removed_comments"),
        Loss("users", "users", {"removed_at": {"$exists": False}}),
        Loss("working copies", "working_copies"),
        Loss("revisions of posts", "revisions"),
        Loss("passkeys", "passkeys"),
        Loss("media", "media"),
        Loss("bytes of media", "media_bytes"),
        Loss("settings of the blog", "blog", {"version": {"$gt": 1}}),
        Loss("the mark of an unfinished copy or import", "transfers", {"digest": {"$exists": False}}),
    ),
)
