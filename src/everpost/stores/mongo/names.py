"""What users are called, and which there are, all together."""

from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.model.people import BLOG


async def renew_names(collections: Collections, session: Session) -> None:
    """Let no validator of a post that was given out before hold any more.

    Each transaction that changes what a user is called, which users there are, or who is an enabled admin,
    begins with this. So they happen one after the other: what one of them reads stays true until its end.
    """
    renewed = {"$set": {"names_stamp": new_stamp()}}
    await collections.blog.update_one({"_id": BLOG}, renewed, session=session)
