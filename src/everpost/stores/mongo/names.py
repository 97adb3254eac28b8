"""The stamp of all users' names, which validators of posts contain."""

from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.people import BLOG


async def renew_names(collections: Collections, session: Session) -> None:
    """Invalidate all validators of posts that were given out before.

    Each transaction that changes a user's name, the set of users, or the set of enabled admins begins with
    this. So they happen one after the other: what one of them reads stays true until it ends.
    """
    renewed = {"$set": {"names_stamp": new_stamp()}}
    await collections.blog.update_one({"_id": BLOG}, renewed, session=session)
