"""The actor of a request, and what the actor may see and do: docs/permissions.md as functions."""

from dataclasses import dataclass, field
from datetime import datetime

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.people.tokens import ROLE_SCOPES, Scope, Token
from everpost.domain.people.users import Role, User
from everpost.domain.posts import Audience, Post, PostStatus
from everpost.domain.writing.working_copies import PostState
from everpost.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True)
class Actor:
    """A user with the scopes of a token, or the public: no user, no scopes."""

    user: User | None = None
    scopes: frozenset[Scope] = field(default_factory=frozenset)
    token: Token | None = field(default=None, compare=False)
    """The token of the request; None for the public and on the command line."""

    @classmethod
    def of(cls, user: User, scopes: frozenset[Scope], token: Token | None = None) -> "Actor":
        """The user with the scopes that the role includes too."""
        return cls(user, scopes & ROLE_SCOPES[user.role], token)

    @property
    def id(self) -> Id | None:
        return None if self.user is None else self.user.id

    @property
    def edits_all(self) -> bool:
        """Whether the actor may see and change all posts."""
        return self.user is not None and self.user.role in (Role.EDITOR, Role.ADMIN)

    def require(self, scope: Scope) -> User:
        """The user, who must have this scope. Raises Unauthenticated, Forbidden."""
        if self.user is None:
            raise Unauthenticated
        if scope not in self.scopes:
            raise Forbidden(f"The scope {scope} is required: your token or your role does not have it.")
        return self.user

    def require_all(self, scope: Scope) -> User:
        """The user, who must have this scope and all others of the role: for actions that can be used to gain
        the other scopes. Raises Unauthenticated, Forbidden.
        """
        user = self.require(scope)
        if self.scopes != ROLE_SCOPES[user.role]:
            raise Forbidden("A token with all scopes of your role is required.")
        return user

    def audience(self, moment: datetime) -> Audience:
        """The actor as the reader of a list at this time."""
        return Audience(moment=moment, author_id=self.id, sees_all=self.edits_all)

    def sees(self, post: Post | PostState, moment: datetime) -> bool:
        """Whether the actor may see the post at this time."""
        is_public = post.status is PostStatus.PUBLISHED and post.publication_date <= moment
        return is_public or self.owns(post)

    def owns(self, post: Post | PostState) -> bool:
        """Whether the actor may change the post."""
        return self.edits_all or self._is(None if post.author is None else post.author.id)

    def wrote(self, comment: Comment) -> bool:
        """Whether the actor wrote the comment."""
        return self._is(None if comment.author is None else comment.author.id)

    def _is(self, author_id: Id | None) -> bool:
        return self.user is not None and self.user.id == author_id


PUBLIC = Actor()
