"""Reading and adding comments."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from everpost.domain.clock import HORIZON, now
from everpost.domain.comment_preconditions import CommentContext, CommentPreconditions, EditCredential
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.links import count_links
from everpost.domain.people.actors import Actor
from everpost.domain.people.names import imitated_keys
from everpost.domain.people.tokens import Scope, digest
from everpost.domain.people.users import checked_name
from everpost.domain.posts import Post
from everpost.domain.rate_limits import Limit
from everpost.errors import Busy, Conflict, Forbidden, Invalid, NotFound, Stale, Unauthenticated
from everpost.services.posts import sees
from everpost.services.rate_limits import Allowance, address_key, count_attempt
from everpost.stores.port import Store

_KEY_BYTES = 24
ATTEMPTS = 20
"""Number of attempts, if concurrent changes make them fail, before `Busy` is raised."""
_TO_USERS = frozenset(CommentPolicy) - {CommentPolicy.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRules:
    """Limits on the comments of guests."""

    links: int
    """Per comment."""
    comments_per_address: int
    """Per hour, on all posts."""
    comments_per_post: int
    """Per hour, by all guests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A commenter without an account."""

    address: str
    rules: GuestRules
    tripped_honeypot: bool = False
    """Whether the guest filled in the hidden field of the form, as only bots do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDraft:
    """A comment to add to a post. None: the writer left the field out."""

    post_id: Id
    content: str
    id: Id | None = None
    publication_date: datetime | None = None
    parent_id: Id | None = None
    guest_name: str | None = None
    key: str | None = None
    """The edit key of the guest; None: a random one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedComment:
    """A stored comment, whether it is new, and the edit key of its guest."""

    comment: Comment
    is_new: bool
    key: str | None = None
    is_moderated: bool = False
    """Whether the actor may moderate it."""


async def create_comment(store: Store, actor: Actor, draft: CommentDraft, guest: Guest) -> AddedComment:
    """Add a comment to a post. Idempotent if the draft has an id, as `create_post` is, but the edit key is
    returned only the first time. Raises NotFound (the post), Unauthenticated, Forbidden, TooMany, Conflict,
    Invalid.
    """
    for attempt in range(ATTEMPTS):
        context = await read_context(store, actor, draft.post_id)
        require_permission(actor, context.policy)
        _require_own_values(actor, context.post, draft)
        if actor.user is None and attempt == 0:
            await require_guest_limits(store, context, draft.content, guest)
        with suppress(Stale):  # the post was closed, hidden or opened meanwhile
            made = await _add(store, actor, draft, guest, context)
            return replace(made, is_moderated=moderates(actor, context.post))
    raise Busy


async def _add(
    store: Store, actor: Actor, draft: CommentDraft, guest: Guest, context: CommentContext
) -> AddedComment:
    key = (draft.key or secrets.token_urlsafe(_KEY_BYTES)) if actor.user is None else None
    comment = _comment(actor, draft, _first_status(actor, context.policy, guest), key)
    preconditions = preconditions_of(actor, context, guest_name=comment.guest_name)
    try:
        return AddedComment(
            comment=await store.comments.add(comment, preconditions=preconditions), is_new=True, key=key
        )
    except Conflict as conflict:
        if draft.id is None or conflict.field != "id":
            raise
        stored = await _stored(store, comment)
        if stored is None or not _repeats(draft, comment, stored):
            raise
        return AddedComment(comment=stored, is_new=False)


def preconditions_of(
    actor: Actor, context: CommentContext, *, guest_name: str | None = None
) -> CommentPreconditions:
    """The conditions under which the actor, who may comment, writes a comment on the post."""
    return CommentPreconditions(
        policies=frozenset({context.policy}) if actor.user is None else _TO_USERS,
        audience=actor.audience(HORIZON.moment()),
        name_keys=frozenset() if guest_name is None else imitated_keys(guest_name),
        blog_policy=context.blog.comment_policy,
    )


async def read_context(store: Store, actor: Actor, post_id: Id) -> CommentContext:
    """Return the post, if the actor may see it, with the settings of the blog. Raises NotFound."""
    context = await store.posts.comment_context(post_id)
    if not sees(actor, context.post):
        raise NotFound("post", post_id)
    return context


def require_permission(actor: Actor, policy: CommentPolicy) -> None:
    """Check that the policy allows the actor to comment. Raises Unauthenticated, Forbidden."""
    if policy is CommentPolicy.CLOSED:
        raise Forbidden("This post is closed for comments.")
    if actor.user is not None:
        actor.require(Scope.COMMENTS_WRITE)
    elif policy is CommentPolicy.MEMBERS:
        raise Unauthenticated("Only users may comment on this post: send a bearer token.")


def _require_own_values(actor: Actor, post: Post, draft: CommentDraft) -> None:
    """Check that the actor may set the name and the publication date in the draft."""
    if actor.user is None and draft.guest_name is None:
        raise Invalid("name", "is required for guests")
    if actor.user is not None and draft.guest_name is not None:
        raise Invalid(
            "name", "is for guests only: omit it, because your comment has the name of your account"
        )
    if draft.publication_date is not None and not moderates(actor, post):
        if actor.user is None:
            raise Unauthenticated(
                "Only moderators of the post may set a comment's publication date: send a bearer token."
            )
        raise Forbidden("Only moderators of the post may set a comment's publication date.")


async def require_guest_limits(store: Store, context: CommentContext, content: str, guest: Guest) -> None:
    """Apply the limits on guests to a new or changed comment. Raises Invalid, TooMany."""
    rules, key = guest.rules, context.blog.address_key
    of_address = Allowance(
        Limit(address_key(key, "comment", guest.address), rules.comments_per_address),
        "You have reached the limit of comments per hour. Try again later.",
    )
    of_post = Allowance(
        Limit(address_key(key, f"comments on {context.post.id}", ""), rules.comments_per_post),
        "This post has reached its limit of guest comments per hour. Try again later.",
    )
    has_many_links = count_links(content) > rules.links
    await count_attempt(store, [of_address] if has_many_links else [of_address, of_post])
    if has_many_links:
        raise Invalid("content", f"should have at most {rules.links} links")


def _first_status(actor: Actor, policy: CommentPolicy, guest: Guest) -> CommentStatus:
    if actor.user is not None:
        return CommentStatus.APPROVED
    if guest.tripped_honeypot:
        return CommentStatus.SPAM
    return CommentStatus.APPROVED if policy is CommentPolicy.OPEN else CommentStatus.PENDING


def _comment(actor: Actor, draft: CommentDraft, status: CommentStatus, key: str | None) -> Comment:
    moment = now()
    return Comment(
        id=draft.id or new_id(),
        post_id=draft.post_id,
        content=draft.content,
        publication_date=draft.publication_date or moment,
        updated_at=moment,
        parent_id=draft.parent_id,
        status=status,
        author=None if actor.user is None else actor.user.author,
        guest_name=None if draft.guest_name is None else checked_name(draft.guest_name),
        key_digest=None if key is None else digest(key),
    )


async def _stored(store: Store, comment: Comment) -> Comment | None:
    try:
        return await store.comments.get(comment.post_id, comment.id)
    except NotFound:  # on another post, or removed since the conflict
        return None


def _repeats(draft: CommentDraft, comment: Comment, stored: Comment) -> bool:
    return (
        comment.content == stored.content
        and comment.guest_name == stored.guest_name
        and _author_id(comment) == _author_id(stored)
        and draft.publication_date in (None, stored.publication_date)
        and draft.parent_id in (None, stored.parent_id)
    )


def _author_id(comment: Comment) -> Id | None:
    return None if comment.author is None else comment.author.id


def moderates(actor: Actor, post: Post) -> bool:
    """Whether the actor may moderate the comments of the post."""
    return Scope.COMMENTS_MODERATE in actor.scopes and actor.owns(post)


@dataclass(frozen=True, slots=True)
class Seen:
    """A comment that the actor may see, with its post. `is_moderated`: the actor may moderate it."""

    comment: Comment
    context: CommentContext
    is_moderated: bool
    is_own: bool

    @property
    def shown(self) -> Comment:
        """The comment as the actor sees it. Guests see their own spam as pending."""
        if (
            self.is_moderated
            or self.comment.author is not None
            or self.comment.status is not CommentStatus.SPAM
        ):
            return self.comment
        return replace(self.comment, status=CommentStatus.PENDING)

    @property
    def in_full(self) -> bool:
        """Whether the actor sees the whole comment even if it is not approved."""
        return self.is_moderated or (self.is_own and self.comment.status is not CommentStatus.REMOVED)


async def read_comment(store: Store, actor: Actor, post_id: Id, id: Id, *, key: str | None = None) -> Seen:
    """Return the comment, if the actor, or the holder of the edit key, may see it. Raises NotFound."""
    context = await read_context(store, actor, post_id)
    return seen_by(actor, context, await store.comments.get(post_id, id), key=key)


def seen_by(actor: Actor, context: CommentContext, comment: Comment, *, key: str | None = None) -> Seen:
    """The comment, if the actor, or the holder of the edit key, may see it. Raises NotFound."""
    is_own = credential_of(actor, key, comment.updated_at).wrote(comment)
    seen = Seen(comment, context, moderates(actor, context.post), is_own)
    if not (comment.is_shown or seen.is_moderated or is_own):
        raise NotFound("comment", comment.id)
    return seen


def credential_of(actor: Actor, key: str | None, since: datetime) -> EditCredential:
    """The credential of an actor who may also have an edit key."""
    return EditCredential(since=since, author_id=actor.id, key_digest=None if key is None else digest(key))
