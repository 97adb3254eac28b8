"""Users in SQL."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy import Integer, and_, bindparam, delete, func, insert, literal_column, or_, select, update

from everpost.domain.blog import BlogChange
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.names import name_key
from everpost.domain.people.passkeys import Passkey
from everpost.domain.people.tokens import TokenKind
from everpost.domain.people.users import Revocation, Role, User, UserChange, UserQuery, email_key
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.errors import Conflict, Invalid, LastAdmin, NotFound, Stale
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.model.mappers import Values, user_of, user_values
from everpost.stores.sql.model.passkeys import PasskeyRow, passkey_values
from everpost.stores.sql.model.tables import PostRow, TokenRow, UserRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries import removed_users, selects
from everpost.stores.sql.queries.keyset import POSITION, After, position_values
from everpost.stores.sql.queries.preconditions import STAMP, new_stamp_value, with_revision, with_values
from everpost.stores.sql.settings import renew_names, save_settings

_USER = select(UserRow.__table__)
_BY_ID = _USER.where(UserRow.id == selects.ID)
_BY_EMAIL = _USER.where(UserRow.email_key == bindparam("email_key", type_=UserRow.email_key.type))
_OLDEST_FIRST = (UserRow.created_at, UserRow.id)
_USERS = _USER.order_by(*_OLDEST_FIRST).limit(selects.LIMIT)
_USERS_AFTER = _USERS.where(After(*_OLDEST_FIRST, *POSITION))
_ANYBODY = select(literal_column("1", Integer)).select_from(UserRow).limit(1)
_ADD = insert(UserRow)
_SAVE = update(UserRow).where(UserRow.id == selects.ID).values(version=UserRow.version + 1, stamp=STAMP)
_DISABLE = _SAVE.values(disabled_at=func.coalesce(UserRow.disabled_at, bindparam("now", type_=Moment)))
# Strong enough to block transactions that write posts of the user.
_LOCK = select(UserRow.id).where(UserRow.id == selects.ID).with_for_update()
# Blocks adding a token to the user, but not writing posts of the user.
_LOCKED = _BY_ID.with_for_update(key_share=True)
_ENABLED_ADMIN = (
    select(literal_column("1", Integer))
    .where(UserRow.role == Role.ADMIN.value, UserRow.disabled_at.is_(None))
    .limit(1)
)
_KEPT = bindparam("kept", type_=IdText)
_REVOKE_ALL = delete(TokenRow).where(
    TokenRow.user_id == selects.ID, or_(TokenRow.id != _KEPT, TokenRow.kind == TokenKind.FIRST.value)
)
_REVOKE_LOGINS = _REVOKE_ALL.where(
    or_(
        and_(TokenRow.login_id.is_(None), TokenRow.kind != TokenKind.NAMED.value),
        and_(TokenRow.login_id.is_not(None), TokenRow.login_id != _KEPT),
    )
)
_REMOVE = delete(UserRow).where(UserRow.id == selects.ID)
_ADD_PASSKEY = insert(PasskeyRow)
_FIND_PASSKEY = select(PasskeyRow.id).where(PasskeyRow.id == selects.ID)
_TRANSFER_POSTS = update(PostRow).where(PostRow.author_id == selects.ID)


class SqlUsers:
    """`Users` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, id: Id) -> User:
        for row in await self._connections.fetch(_BY_ID, {"this": id}):
            return user_of(row)
        raise NotFound("user", id)

    async def find(self, email: str) -> User | None:
        rows = await self._connections.fetch(_BY_EMAIL, {"email_key": email_key(email)})
        return next(map(user_of, rows), None)

    async def page(self, query: UserQuery) -> Page[User]:
        limit = {"limit": query.limit + 1}
        if query.after is None:
            rows = await self._connections.fetch(_USERS, limit)
        else:
            rows = await self._connections.fetch(_USERS_AFTER, limit | position_values(query.after))
        return Page.of([*map(user_of, rows)], query.limit)

    async def add(self, user: User, *, is_first: bool = False) -> User:
        kept = replace(user, stamp=new_stamp())

        async def work(transaction: Transaction) -> None:
            await renew_names(transaction)
            if await removed_users.removed_among(transaction, [user.id]):
                raise Conflict("user", "id")
            if is_first and (await transaction.execute(_ANYBODY)).first() is not None:
                raise Conflict("user", "id")
            await transaction.execute(_ADD, user_values(user) | {"stamp": kept.stamp})

        while True:
            try:
                await self._connections.transact(work)
            except VIOLATED as error:
                if (conflict := await self._conflict_with(user)) is not None:
                    raise conflict from error
            else:
                return kept

    async def save(self, id: Id, change: UserChange, *, match: ExpectedRevisions) -> User:
        try:
            return await self._connections.transact(_saving(id, change, match))
        except VIOLATED as error:
            raise Conflict("user", "email") from error

    async def set_up(
        self,
        id: Id,
        change: UserChange,
        *,
        blog: BlogChange,
        passkey: Passkey | None,
        match: ExpectedRevisions,
    ) -> User:
        save = _saving(id, change, match)

        async def work(transaction: Transaction) -> User:
            await save_settings(transaction, blog, None)
            user = await save(transaction)
            if passkey is not None:
                await transaction.execute(_ADD_PASSKEY, passkey_values(passkey))
            return user

        try:
            return await self._connections.transact(work)
        except VIOLATED as error:
            known = {} if passkey is None else {"this": passkey.id}
            if known and await self._connections.fetch(_FIND_PASSKEY, known):
                raise Conflict("passkey", "id") from error
            raise Conflict("user", "email") from error

    async def remove(self, id: Id, *, heir_id: Id | None, match: ExpectedRevisions) -> None:
        this: Values = {"this": id}

        async def work(transaction: Transaction) -> None:
            await renew_names(transaction)
            if (await transaction.execute(*with_revision(match, UserRow, _LOCK, this))).first() is None:
                found = (await transaction.execute(selects.FIND_USER, this)).first()
                raise NotFound("user", id) if match is None or found is None else Stale("user", id)
            if heir_id is not None:
                heir = (await transaction.execute(selects.FIND_USER, {"this": heir_id})).first()
                if heir is None or heir_id == id:
                    raise Invalid("heir_id", "should be the id of another user")
                transfer, values = with_values(_TRANSFER_POSTS, {"author_id": heir_id})
                await transaction.execute(transfer, this | values)
            gone = user_of((await transaction.execute(_BY_ID, this)).one())
            await removed_users.remember(transaction, [id])
            await transaction.execute(_REMOVE, this)
            if gone.is_enabled_admin:
                await _require_admin(transaction)

        try:
            await self._connections.transact(work, time_limited=False)
        except VIOLATED as error:
            raise Invalid("heir_id", "should be the id of another user") from error

    async def _conflict_with(self, user: User) -> Conflict | None:
        """Return the conflict of a user who could not be added; None if the other user was just removed."""
        if await self._connections.fetch(selects.FIND_USER, {"this": user.id}):
            return Conflict("user", "id")
        if await self.find(user.email):
            return Conflict("user", "email")
        return None


def _saving(id: Id, change: UserChange, match: ExpectedRevisions) -> Callable[[Transaction], Awaitable[User]]:
    """Return the work that saves this change."""
    saving, values = with_values(_DISABLE if change.is_disabled else _SAVE, _changes(change))
    values |= {"this": id, "now": change.updated_at}
    statement, parameters = with_revision(match, UserRow, saving, values)

    async def work(transaction: Transaction) -> User:
        if change.may_demote or change.is_seen_in_posts:
            await renew_names(transaction)
        before = (await transaction.execute(_LOCKED, {"this": id})).first()
        if before is None:
            raise NotFound("user", id)
        if not (await transaction.execute(statement, parameters | new_stamp_value())).matched:
            raise Stale("user", id)
        if change.may_demote and user_of(before).is_enabled_admin:
            await _require_admin(transaction)
        await _revoke(transaction, user_of(before), change)
        return user_of((await transaction.execute(_BY_ID, {"this": id})).one())

    return work


async def _require_admin(transaction: Transaction) -> None:
    """Raise LastAdmin if no enabled admin is left. The caller has locked the blog; see `renew_names`."""
    if (await transaction.execute(_ENABLED_ADMIN)).first() is None:
        raise LastAdmin


async def _revoke(transaction: Transaction, before: User, change: UserChange) -> None:
    """Delete the tokens that this change revokes."""
    revocation = change.revocation
    if revocation is None and change.role not in (None, before.role):
        revocation = Revocation()
    if change.is_disabled or (change.is_disabled is False and before.disabled_at is not None):
        revocation = Revocation(named=True)
    if revocation is not None:
        revoking = _REVOKE_ALL if revocation.named else _REVOKE_LOGINS
        await transaction.execute(revoking, {"this": before.id, "kept": revocation.kept_id or ""})


def _changes(change: UserChange) -> Values:
    """Return the columns to change."""
    given = {name: getattr(change, name) for name in ("name", "email", "role", "password_hash")}
    changes: Values = {name: value for name, value in given.items() if value is not None}
    if change.email is not None:
        changes["email_key"] = email_key(change.email)
    if change.name is not None:
        changes["name_key"] = name_key(change.name)
    if change.is_disabled is False:
        changes["disabled_at"] = None
    return {"updated_at": change.updated_at, **changes}
