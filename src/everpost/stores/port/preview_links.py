"""Links to previews of posts."""

from typing import Protocol

from everpost.domain.ids import Id


class PreviewLinks(Protocol):
    """The nonces of posts, which the signatures of links to their previews contain. They are not part of a
    revision: a call here changes neither the version nor the stamp of a post.
    """

    async def nonce(self, post_id: Id) -> int | None:
        """Return the nonce of the post; None if it has none, or does not exist."""
        ...

    async def create(self, post_id: Id, nonce: int, *, owner_id: Id | None) -> int:
        """Give the post this nonce, unless it has one. Returns the nonce that it has then. Raises, in this
        order: NotFound, Forbidden (`owner_id` is given and is not the author's).
        """
        ...

    async def revoke(self, post_id: Id, *, owner_id: Id | None) -> None:
        """Remove the nonce of the post. Raises as `create` does."""
        ...
