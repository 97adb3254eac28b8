"""Working copies that become part of their posts."""

from dataclasses import dataclass

from everpost.domain.ids import Id
from everpost.domain.revisions import Revision

WORKING_COPY_ID_LENGTH = 48


def working_copy_id(user_id: Id, post_id: Id) -> Id:
    """The key of the user's working copy of the post. Keys sort by user, then by post."""
    return Id(user_id + post_id)


@dataclass(frozen=True, slots=True)
class SavedCopy:
    """The working copy whose text a write saves into its post. The same transaction removes it, unless it has
    changed since: then it holds text that is not saved yet.
    """

    user_id: Id
    revision: Revision
