"""Old paths of posts that change."""

from dataclasses import replace

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.post_paths import Move, PermalinkRule, PostAddress, moves
from everpost.domain.posts import PostChange, PostKind, PostStatus
from everpost.errors import SchemaMismatch
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import LIVING, PostDocument
from everpost.stores.mongo.model.people import BLOG

_ADDRESS: Filter = {"slug": 1, "publication_date": 1, "kind": 1, "status": 1, "paths": 1}


async def permalink_rule(collections: Collections, session: Session | None = None) -> PermalinkRule:
    """The settings of the blog on which permalinks depend."""
    fields = {"permalink": 1, "time_zone": 1}
    blog = await collections.blog.find_one({"_id": BLOG}, fields, session=session)
    if blog is None:
        raise SchemaMismatch("The settings of the blog are missing: the schema is incomplete.")
    return PermalinkRule(blog["permalink"], blog["time_zone"])


async def move(
    collections: Collections, id: Id, change: PostChange, current: PostDocument | None, session: Session
) -> PostChange:
    """The change with the paths that the post has after it: addresses that it leaves are added unless another
    post already has them. `current`: the post, if the transaction has changed it.
    """
    if not moves(change):
        return change
    these: Filter = {"_id": ObjectId(id), **LIVING}
    post = current or await collections.posts.find_one(these, _ADDRESS, session=session)
    if post is None:  # the command that writes will raise the reason
        return change
    kind, status = PostKind(post["kind"]), PostStatus(post["status"])
    address = PostAddress(id, post["slug"], post["publication_date"], kind, status)
    rule = await permalink_rule(collections, session)
    wanted = Move(change, address, post.get("paths", []), rule)
    paths = wanted.paths_after()
    if added_paths := wanted.added_paths:
        others: Filter = {"paths": {"$in": added_paths}, "_id": {"$ne": ObjectId(id)}}
        found = await collections.posts.find(others, {"paths": 1}, session=session).to_list()
        paths = wanted.paths_after(taken=[path for other in found for path in other.get("paths", [])])
    return replace(change, paths=paths)
