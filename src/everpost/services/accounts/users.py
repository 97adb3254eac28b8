"""Managing users and the actor's own account."""

from dataclasses import dataclass, field, replace

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import (
    Revocation,
    Role,
    User,
    UserChange,
    UserQuery,
    checked_email,
    checked_name,
)
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Busy, Forbidden, Stale, Unauthenticated
from everpost.services.accounts.passwords import hash_new_password
from everpost.services.accounts.reauthentication import NO_PROOF, Proof, require_password
from everpost.services.security_events import USER_CHANGED, USER_CREATED, USER_REMOVED, record
from everpost.stores.port import Store

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """A user to add."""

    name: str
    email: str
    role: Role
    password: str | None = field(default=None, repr=False)
    """None: the user cannot log in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEdit:
    """The new values of a user's fields; None leaves a field unchanged."""

    name: str | None = None
    email: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    password: str | None = field(default=None, repr=False)
    """A new password revokes all logins except the one that is used to set it."""
    revoke_tokens: bool = False
    """Whether to revoke all tokens except that of the request."""
    revoke_logins: bool = False
    """Whether to revoke all logins except that of the request, as a new password does."""
    proof: Proof = field(default=NO_PROOF, compare=False)
    """The re-authentication, for changes of the actor's own account."""

    @property
    def grants_access(self) -> bool:
        """Whether the change may let someone do more as this user than before."""
        return self.is_disabled is False or not (self.role is self.password is self.email is None)


async def add_user(store: Store, actor: Actor, draft: UserDraft) -> User:
    """Add a user. Requires a token with all scopes of the role: otherwise, a token could create a user who
    may do more than the token itself. Raises Unauthenticated, Forbidden, Conflict("email"), Invalid.
    """
    actor.require_all(Scope.ADMIN)
    moment = now()
    name, email = checked_name(draft.name), checked_email(draft.email)
    new = User(
        id=new_id(),
        name=name,
        email=email,
        role=draft.role,
        created_at=moment,
        updated_at=moment,
        password_hash=None
        if draft.password is None
        else await hash_new_password(draft.password, name, email),
    )
    user = await store.users.add(new)
    record(USER_CREATED, user=user.id, role=user.role.value, by=actor.id)
    return user


async def page_users(store: Store, actor: Actor, *, limit: int, after: Position | None = None) -> Page[User]:
    """A page of the users, oldest first. Raises Unauthenticated, Forbidden."""
    actor.require(Scope.ADMIN)
    return await store.users.page(UserQuery(limit=limit, after=after))


async def page_authors(
    store: Store, actor: Actor, *, limit: int, after: Position | None = None
) -> Page[User]:
    """A page of all users, oldest first, for choosing the author of a post. It includes disabled users,
    whom callers leave out. Raises Unauthenticated, Forbidden.
    """
    actor.require(Scope.POSTS_WRITE)
    if not actor.edits_all:
        raise Forbidden("Only editors and admins can choose the author of a post.")
    return await store.users.page(UserQuery(limit=limit, after=after))


async def read_user(store: Store, actor: Actor, id: Id) -> User:
    """Return the user. Raises Unauthenticated, Forbidden, NotFound."""
    actor.require(Scope.ADMIN)
    return await store.users.get(id)


async def change_user(
    store: Store, actor: Actor, id: Id, edit: UserEdit, *, match: ExpectedRevisions
) -> User:
    """Change the user, if there is any new value, and return it. Changing oneself requires the same proof as
    in `change_account`. Raises Unauthenticated, Forbidden (also if admins would disable or demote themselves,
    and if the change would grant access to more than the token allows), NotFound, Stale, Conflict("email"),
    Invalid, LastAdmin, TooMany.
    """
    actor.require(Scope.ADMIN)
    if id == actor.id:
        if edit.is_disabled or edit.role not in (None, Role.ADMIN):
            raise Forbidden("You cannot disable yourself or change your own role: ask another admin.")
        return await _change_own(store, actor, edit, match)
    if edit.grants_access:
        actor.require_all(Scope.ADMIN)
    return await _change(store, actor, id, edit, match)


async def remove_user(
    store: Store, actor: Actor, id: Id, *, heir_id: Id | None, match: ExpectedRevisions
) -> None:
    """Remove the user and all of the user's tokens. The heir becomes the author of the user's posts; without
    one, they have no author. Raises Unauthenticated, Forbidden (also if admins would remove themselves),
    NotFound, Stale, Invalid("heir_id"), LastAdmin.
    """
    actor.require(Scope.ADMIN)
    if id == actor.id:
        raise Forbidden("You cannot remove your own account: ask another admin.")
    await store.users.remove(id, heir_id=heir_id, match=match)
    record(USER_REMOVED, user=id, heir=heir_id, by=actor.id)


def read_account(actor: Actor) -> User:
    """Return the actor as a user. Raises Unauthenticated."""
    if actor.user is None:
        raise Unauthenticated
    return actor.user


async def change_account(store: Store, actor: Actor, edit: UserEdit, *, match: ExpectedRevisions) -> User:
    """Change the actor's own account, and return it. Changing the email address or password requires the
    current password or, if there is none, a token with all scopes of the role. Raises Unauthenticated,
    Forbidden, Stale, Conflict("email"), Invalid, TooMany.
    """
    actor.require(Scope.ACCOUNT)
    return await _change_own(store, actor, replace(edit, role=None, is_disabled=None), match)


async def _change_own(store: Store, actor: Actor, edit: UserEdit, match: ExpectedRevisions) -> User:
    """Change the actor. The proof is valid only for the revision that was read; if the user has changed
    since, it is checked again.
    """
    user = read_account(actor)
    for _ in range(_ATTEMPTS):
        wanted = replace(edit, email=None) if edit.email == user.email else edit
        if wanted.password is None and wanted.email is None:
            return await _change(store, actor, user.id, wanted, match)
        if user.password_hash is None:
            actor.require_all(Scope.ACCOUNT)
        else:
            what = "email" if wanted.password is None else "password"
            await require_password(store, user, edit.proof, reason=f"is required to change the {what}")
        seen = frozenset({user.revision})
        try:
            matched = seen if match is None else seen & match
            return await _change(store, actor, user.id, wanted, matched)
        except Stale:
            if match is not None:
                raise
        user = await store.users.get(user.id)
    raise Busy


def _record_change(actor: Actor, id: Id, edit: UserEdit) -> None:
    changed = [name for name in ("name", "email", "password") if getattr(edit, name) is not None]
    if edit.role is not None:
        changed.append(f"role:{edit.role}")
    if edit.is_disabled is not None:
        changed.append("disabled" if edit.is_disabled else "enabled")
    changed += [name for name in ("tokens", "logins") if getattr(edit, f"revoke_{name}")]
    if changed:
        record(USER_CHANGED, user=id, changed=changed, by=actor.id)


async def _change(store: Store, actor: Actor, id: Id, edit: UserEdit, match: ExpectedRevisions) -> User:
    if edit == UserEdit():
        user = await store.users.get(id)
        if match is not None and user.revision not in match:
            raise Stale("user", id)
        return user
    ends_tokens = edit.password is not None or edit.revoke_tokens or edit.revoke_logins
    kept_id = actor.token.id if actor.token is not None and actor.id == id else None
    change = UserChange(
        updated_at=now(),
        name=None if edit.name is None else checked_name(edit.name),
        email=None if edit.email is None else checked_email(edit.email),
        role=edit.role,
        is_disabled=edit.is_disabled,
        password_hash=await _new_hash(store, id, edit),
        revocation=Revocation(named=edit.revoke_tokens, kept_id=kept_id) if ends_tokens else None,
    )
    user = await store.users.save(id, change, match=match)
    _record_change(actor, id, edit)
    return user


async def _new_hash(store: Store, id: Id, edit: UserEdit) -> str | None:
    if edit.password is None:
        return None
    user = await store.users.get(id)
    return await hash_new_password(edit.password, edit.name or user.name, edit.email or user.email)
