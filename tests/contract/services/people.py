"""Users that these tests need."""

from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.users import Role, User
from everpost.services.accounts.tokens import TokenDraft, issue_token
from everpost.stores.port import Store


async def add_user(
    store: Store, role: Role = Role.AUTHOR, *, days_ago: int = 0, password_hash: str | None = None
) -> User:
    """Add a user of this age."""
    moment = now() - timedelta(days=days_ago)
    user_id = new_id()
    user = User(
        id=user_id,
        name="Some Body",
        email=f"{user_id}@blog.example",
        role=role,
        created_at=moment,
        updated_at=moment,
        password_hash=password_hash,
    )
    await store.users.add(user)
    return user


async def secret_of(store: Store, user: User) -> str:
    """A token of the user, with all scopes of the role."""
    return (await issue_token(store, user, TokenDraft(name="A token")))[0]
