"""What one does with users."""

from dataclasses import dataclass, field, replace

from everpost.domain.actors import Actor
from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page, Position
from everpost.domain.revisions import Match
from everpost.domain.tokens import Scope
from everpost.domain.users import Role, User, UserChange, UserQuery, checked_email, checked_name
from everpost.errors import Forbidden, Invalid, Stale, Unauthenticated
from everpost.services.limits import count_try, forgive_try
from everpost.services.passwords import hash_password, is_right
from everpost.services.security_events import (
    PASSWORD_FAILED,
    USER_CHANGED,
    USER_CREATED,
    USER_REMOVED,
    record,
    record_bounded,
)
from everpost.stores.port import Store


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
    """What is to be another value, field by field; None leaves a field as it is."""

    name: str | None = None
    email: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    password: str | None = field(default=None, repr=False)


async def add_user(store: Store, actor: Actor, draft: UserDraft) -> User:
    """Keep a new user. Unauthenticated, Forbidden, Conflict("email"), Invalid."""
    actor.require(Scope.ADMIN)
    moment = now()
    user = User(
        id=new_id(),
        name=checked_name(draft.name),
        email=checked_email(draft.email),
        role=draft.role,
        created_at=moment,
        updated_at=moment,
        password_hash=None if draft.password is None else await hash_password(draft.password),
    )
    await store.users.add(user)
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


async def change_user(store: Store, actor: Actor, id: Id, wish: UserWish, *, match: Match) -> User:
    """The user, changed as asked; as before where nothing is. Unauthenticated, Forbidden (also where
    admins would take that away from themselves), NotFound, Stale, Conflict("email"), Invalid.
    """
    actor.require(Scope.ADMIN)
    if id == actor.id and (wish.is_disabled or wish.role not in (None, Role.ADMIN)):
        raise Forbidden("You cannot take that away from yourself: another admin can.")
    user = await _change(store, id, wish, match)
    _record_change(actor, id, wish)
    return user


async def remove_user(store: Store, actor: Actor, id: Id, *, heir_id: Id | None, match: Match) -> None:
    """Remove the user with all tokens; the posts go to the heir, or stay without an author.
    Unauthenticated, Forbidden (also where admins would remove themselves), NotFound, Stale,
    Invalid("heir_id").
    """
    actor.require(Scope.ADMIN)
    if id == actor.id:
        raise Forbidden("You cannot remove yourself: another admin can.")
    await store.users.remove(id, heir_id=heir_id, match=match)
    record(USER_REMOVED, user=id, heir=heir_id, by=actor.id)


def read_account(actor: Actor) -> User:
    """The actor, as a user. Unauthenticated."""
    if actor.user is None:
        raise Unauthenticated
    return actor.user


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the actor is the person, not only somebody with the person's token."""

    current_password: str | None = field(default=None, repr=False)
    failures_per_hour: int
    """How many wrong passwords are heard out."""


async def change_account(store: Store, actor: Actor, wish: UserWish, proof: Proof, *, match: Match) -> User:
    """The actor, changed as asked: name, email, and, where the current one is given, or there is none,
    the password. Unauthenticated, Forbidden, Stale, Conflict("email"), Invalid, TooMany.
    """
    user = actor.require(Scope.ACCOUNT)
    if wish.password is not None and user.password_hash is not None:
        await _require_proof(store, user, user.password_hash, proof)
    wish = replace(wish, role=None, is_disabled=None)
    changed = await _change(store, user.id, wish, match)
    _record_change(actor, user.id, wish)
    return changed


async def _require_proof(store: Store, user: User, password_hash: str, proof: Proof) -> None:
    if proof.current_password is None:
        raise Invalid("current_password", "is needed for another password")
    kind = f"password of {user.id}"
    await count_try(
        store, kind, "", proof.failures_per_hour, "There were too many wrong passwords. Come back later."
    )
    if not await is_right(proof.current_password, password_hash):
        record_bounded(PASSWORD_FAILED, user.id, user=user.id)
        raise Invalid("current_password", "is not right")
    await forgive_try(store, kind, "")


def _record_change(actor: Actor, id: Id, wish: UserWish) -> None:
    changed = [name for name in ("name", "email", "password") if getattr(wish, name) is not None]
    if wish.role is not None:
        changed.append(f"role:{wish.role}")
    if wish.is_disabled is not None:
        changed.append("disabled" if wish.is_disabled else "enabled")
    if changed:
        record(USER_CHANGED, user=id, changed=changed, by=actor.id)


async def _change(store: Store, id: Id, wish: UserWish, match: Match) -> User:
    if wish == UserWish():
        user = await store.users.get(id)
        if match is not None and user.revision not in match:
            raise Stale("user", id)
        return user
    change = UserChange(
        updated_at=now(),
        name=None if wish.name is None else checked_name(wish.name),
        email=None if wish.email is None else checked_email(wish.email),
        role=wish.role,
        is_disabled=wish.is_disabled,
        password_hash=None if wish.password is None else await hash_password(wish.password),
    )
    return await store.users.save(id, change, match=match)
