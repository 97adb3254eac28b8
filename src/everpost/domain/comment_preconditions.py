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
    """The state that decides who may comment on a post, as of one moment."""

    post: Post
    """With no comments inside."""
    blog: Blog

    @property
    def policy(self) -> CommentPolicy:
        """Who may comment on the post."""
        return self.post.comment_policy or self.blog.comment_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPreconditions:
    """The conditions under which a comment was allowed. The database checks them again in the statement that
    writes it, in case the post was closed or hidden since it was read.
    """

    policies: frozenset[CommentPolicy]
    """The post has one of these, or, where it has none of its own, the blog."""
    audience: Audience
    """Who must be able to see the post."""
    name_keys: frozenset[str] = field(default_factory=frozenset)
    """No user has a name with one of these keys."""
    blog_policy: CommentPolicy | None = None
    """The blog's policy, if it was read for this admission: a store may use it instead of reading it again. A
    change of the policy applies to every request that begins after the change was acknowledged.
    """


def together(admissions: Sequence[CommentPreconditions | None]) -> CommentPreconditions | None:
    """The conjunction of these conditions; None if there are none."""
    given = [each for each in admissions if each is not None]
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
    """Whose comment it must be for a change to happen: this user's, or that of the guest with the key
    of this digest; and how young: not published before `since`.
    """

    since: datetime
    author_id: Id | None = None
    key_digest: str | None = field(default=None, repr=False)
    admission: CommentPreconditions | None = None
    """On which ground it may be changed; None: on any."""

    def wrote(self, comment: Comment) -> bool:
        """Whether the comment is in this hand, however old."""
        author_id = None if comment.author is None else comment.author.id
        by_user = self.author_id is not None and self.author_id == author_id
        return by_user or (self.key_digest is not None and self.key_digest == comment.key_digest)


def refusal(id: Id, there: Comment | None, hand: EditCredential | None) -> EverpostError:
    """Why a comment could not be written that had to be in this hand and to have a certain revision."""
    if there is None:
        return NotFound("comment", id)
    if hand is not None:
        if there.status is CommentStatus.REMOVED and not there.content:
            return NotFound("comment", id)
        if not hand.wrote(there):
            return Forbidden("This comment was written by someone else.")
        if there.publication_date < hand.since:
            return Forbidden("The time to edit or delete this comment has passed.")
    return Stale("comment", id)
