"""Manage users and one's own account."""

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
    """A user to be kept."""

    name: str
    email: str
    role: Role
    password: str | None = field(default=None, repr=False)
    """None: nobody can log in as this user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserWish:
    """The new values of a user's fields; None leaves a field unchanged."""

    name: str | None = None
    email: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    password: str | None = field(default=None, repr=False)
    """A new password ends all logins except the one that is used to set it."""
    revoke_tokens: bool = False
    """All tokens end, but for the one shown."""
    proof: Proof = field(default=NO_PROOF, compare=False)
    """That the actor is the person, for what is the actor's own."""

    @property
    def opens_a_way_in(self) -> bool:
        """Whether somebody may be able to do more as this user than before."""
        return self.is_disabled is False or not (self.role is self.password is self.email is None)


async def add_user(store: Store, actor: Actor, draft: UserDraft) -> User:
    """Keep a new user, which takes a token that allows all that the role does: otherwise it would make a
    user for what it does not allow itself. Unauthenticated, Forbidden, Conflict("email"), Invalid.
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
    """A page of the users, the oldest first. Unauthenticated, Forbidden."""
    actor.require(Scope.ADMIN)
    return await store.users.page(UserQuery(limit=limit, after=after))


async def read_user(store: Store, actor: Actor, id: Id) -> User:
    """The user. Unauthenticated, Forbidden, NotFound."""
    actor.require(Scope.ADMIN)
    return await store.users.get(id)


async def change_user(
    store: Store, actor: Actor, id: Id, wish: UserWish, *, match: ExpectedRevisions
) -> User:
    """The user, changed as asked; as before where nothing is. Oneself takes the same proof as in
    `change_account`. Unauthenticated, Forbidden (also where admins would take that away from themselves,
    and where the change would give a way in for more than the token shown allows), NotFound, Stale,
    Conflict("email"), Invalid, LastAdmin, TooMany.
    """
    actor.require(Scope.ADMIN)
    if id == actor.id:
        if wish.is_disabled or wish.role not in (None, Role.ADMIN):
            raise Forbidden("You cannot disable yourself or change your own role: ask another admin.")
        return await _change_own(store, actor, wish, match)
    if wish.opens_a_way_in:
        actor.require_all(Scope.ADMIN)
    return await _change(store, actor, id, wish, match)


async def remove_user(
    store: Store, actor: Actor, id: Id, *, heir_id: Id | None, match: ExpectedRevisions
) -> None:
    """Remove the user with all tokens; the posts go to the heir, or stay without an author.
    Unauthenticated, Forbidden (also where admins would remove themselves), NotFound, Stale,
    Invalid("heir_id"), LastAdmin.
    """
    actor.require(Scope.ADMIN)
    if id == actor.id:
        raise Forbidden("You cannot delete your own account: ask another admin.")
    await store.users.remove(id, heir_id=heir_id, match=match)
    record(USER_REMOVED, user=id, heir=heir_id, by=actor.id)


def read_account(actor: Actor) -> User:
    """The actor, as a user. Unauthenticated."""
    if actor.user is None:
        raise Unauthenticated
    return actor.user


async def change_account(store: Store, actor: Actor, wish: UserWish, *, match: ExpectedRevisions) -> User:
    """The actor, changed as asked. Another address or password takes the current password, or, where there
    is none, a token that allows all that the role does. Unauthenticated, Forbidden, Stale,
    Conflict("email"), Invalid, TooMany.
    """
    actor.require(Scope.ACCOUNT)
    return await _change_own(store, actor, replace(wish, role=None, is_disabled=None), match)


async def _change_own(store: Store, actor: Actor, wish: UserWish, match: ExpectedRevisions) -> User:
    """The proof holds for the user as it was read; if the user has changed since, it is checked again."""
    user = read_account(actor)
    for _ in range(_ATTEMPTS):
        wanted = replace(wish, email=None) if wish.email == user.email else wish
        if wanted.password is None and wanted.email is None:
            return await _change(store, actor, user.id, wanted, match)
        if user.password_hash is None:
            actor.require_all(Scope.ACCOUNT)
        else:
            what = "email" if wanted.password is None else "password"
            await require_password(store, user, wish.proof, reason=f"is required to change the {what}")
        seen = frozenset({user.revision})
        try:
            matched = seen if match is None else seen & match
            return await _change(store, actor, user.id, wanted, matched)
        except Stale:
            if match is not None:
                raise
        user = await store.users.get(user.id)
    raise Busy


def _record_change(actor: Actor, id: Id, wish: UserWish) -> None:
    changed = [name for name in ("name", "email", "password") if getattr(wish, name) is not None]
    if wish.role is not None:
        changed.append(f"role:{wish.role}")
    if wish.is_disabled is not None:
        changed.append("disabled" if wish.is_disabled else "enabled")
    if wish.revoke_tokens:
        changed.append("tokens")
    if changed:
        record(USER_CHANGED, user=id, changed=changed, by=actor.id)


async def _change(store: Store, actor: Actor, id: Id, wish: UserWish, match: ExpectedRevisions) -> User:
    if wish == UserWish():
        user = await store.users.get(id)
        if match is not None and user.revision not in match:
            raise Stale("user", id)
        return user
    ends_tokens = wish.password is not None or wish.revoke_tokens
    kept_id = actor.token.id if actor.token is not None and actor.id == id else None
    change = UserChange(
        updated_at=now(),
        name=None if wish.name is None else checked_name(wish.name),
        email=None if wish.email is None else checked_email(wish.email),
        role=wish.role,
        is_disabled=wish.is_disabled,
        password_hash=await _new_hash(store, id, wish),
        revocation=Revocation(named=wish.revoke_tokens, kept_id=kept_id) if ends_tokens else None,
    )
    user = await store.users.save(id, change, match=match)
    _record_change(actor, id, wish)
    return user


async def _new_hash(store: Store, id: Id, wish: UserWish) -> str | None:
    if wish.password is None:
        return None
    user = await store.users.get(id)
    return await hash_new_password(wish.password, wish.name or user.name, wish.email or user.email)
