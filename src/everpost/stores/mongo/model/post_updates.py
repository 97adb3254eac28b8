"""Updates of the documents of posts."""

from typing import cast

from bson import ObjectId

from everpost.domain.posts import PostChange
from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.model.collections import Filter
from everpost.stores.mongo.model.documents import PostDocument


def post_update(change: PostChange) -> Filter:
    values: Filter = {
        "stamp": new_stamp(),
        "updated_at": change.updated_at,
        "title": change.title,
        "content": change.content,
        "publication_date": change.publication_date,
        "slug": change.slug,
        "tags": None if change.tags is None else list(change.tags),
        "format": None if change.format is None else change.format.value,
        "status": None if change.status is None else change.status.value,
        "kind": None if change.kind is None else change.kind.value,
        "summary": change.summary or None,
        "cover": change.cover or None,
        "paths": list(change.paths or ()) or None,
        "author_id": None if change.author_id is None else ObjectId(change.author_id),
    }
    gone: Filter = {name: "" for name in ("paths", "summary", "cover") if getattr(change, name) in ("", ())}
    if change.comment_policy == "inherit":
        gone["comment_policy"] = ""
    elif change.comment_policy is not None:
        values["comment_policy"] = change.comment_policy.value
    given = {field: value for field, value in values.items() if value is not None}
    return {"$inc": {"version": 1}, "$set": given, **({"$unset": gone} if gone else {})}


def after_update(post: PostDocument, update: Filter) -> PostDocument:
    """The post after an update by `post_update`, applied in memory."""
    document: Filter = {**post, **update["$set"], "version": post["version"] + 1}
    for name in update.get("$unset", ()):
        document.pop(name, None)
    return cast("PostDocument", document)


def difference(before: PostDocument, after: PostDocument) -> Filter:
    """The update that turns `before` into `after`."""
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    gone = dict.fromkeys(before.keys() - after.keys(), "")
    return {"$set": changed, **({"$unset": gone} if gone else {})}
