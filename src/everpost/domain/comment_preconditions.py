"""Conditions on the post, the comment and the users under which a comment may be written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import Audience, Post
from everpost.errors import EverpostError, Forbidden, NotFound, Stale


@dataclass(frozen=True, slots=True)
class CommentContext:
    """The state that decides who may comment on a post, read at one time."""

    post: Post
    """Without its comments."""
    blog: Blog

    @property
    def policy(self) -> CommentPolicy:
        """The comment policy that applies to the post."""
        return self.post.comment_policy or self.blog.comment_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPreconditions:
    """The conditions under which a comment was allowed. The database checks them again in the statement that
    writes it, in case the post was closed or hidden since it was read.
    """

    policies: frozenset[CommentPolicy]
    """The policy of the post, or of the blog if the post has none, must be one of these."""
    audience: Audience
    """The post must be visible to this audience."""
    name_keys: frozenset[str] = field(default_factory=frozenset)
    """No user may have a name with one of these keys."""
    blog_policy: CommentPolicy | None = None
    """The blog's policy, if it was read with these conditions: a store may use it and need not read it again.
    A change of the policy applies to every request that begins after the change was acknowledged.
    """


def combined_preconditions(
    preconditions: Sequence[CommentPreconditions | None],
) -> CommentPreconditions | None:
    """The conjunction of these preconditions; None if there are none."""
    given = [each for each in preconditions if each is not None]
    if not given:
        return None
    if len(given) == 1:
        return given[0]
    return CommentPreconditions(
        policies=frozenset.intersection(*(each.policies for each in given)),
        audience=Audience(
            moment=min(each.audience.moment for each in given),
            sees_all=all(each.audience.sees_all for each in given),
        ),
        name_keys=frozenset().union(*(each.name_keys for each in given)),
        blog_policy=given[0].blog_policy if len({each.blog_policy for each in given}) == 1 else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCredential:
    """Allows changing a comment that was written by this user, or by the guest whose edit key has this
    digest, and was not published before `since`.
    """

    since: datetime
    author_id: Id | None = None
    key_digest: str | None = field(default=None, repr=False)
    preconditions: CommentPreconditions | None = None
    """Further conditions for the change; None: no others."""

    def wrote(self, comment: Comment) -> bool:
        """Whether the comment was written by the holder of this credential; its age is ignored."""
        author_id = None if comment.author is None else comment.author.id
        by_user = self.author_id is not None and self.author_id == author_id
        return by_user or (self.key_digest is not None and self.key_digest == comment.key_digest)


def refusal(id: Id, stored: Comment | None, credential: EditCredential | None) -> EverpostError:
    """The reason why the stored comment could not be changed with this credential and the expected
    revisions.
    """
    if stored is None:
        return NotFound("comment", id)
    if credential is not None:
        if stored.status is CommentStatus.REMOVED and not stored.content:
            return NotFound("comment", id)
        if not credential.wrote(stored):
            return Forbidden("This comment was written by someone else.")
        if stored.publication_date < credential.since:
            return Forbidden("The time to edit or delete this comment has passed.")
    return Stale("comment", id)
