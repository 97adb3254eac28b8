"""Blogs on SQLite with users, and clients for them."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from everpost.app import create_api
from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Role, User
from everpost.services.accounts.passwords import hash_password
from everpost.services.accounts.tokens import TokenDraft, issue_token
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import Engines

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Site:
    """A served blog, its store, and a client without a token."""

    app: FastAPI
    store: Store
    client: httpx.AsyncClient

    async def user(self, role: Role, *, password: str | None = None) -> User:
        """A new user with this role."""
        moment, user_id = now(), new_id()
        user = User(
            id=user_id,
            name=f"Some {role}",
            email=f"{user_id}@blog.example",
            role=role,
            created_at=moment,
            updated_at=moment,
            password_hash=None if password is None else await hash_password(password),
        )
        await self.store.users.add(user)
        return user

    async def showing(self, user: User, *scopes: Scope) -> dict[str, str]:
        """The header with a token of this user, with these scopes or all of the role."""
        draft = TokenDraft(name="A token", scopes=frozenset(scopes) or None)
        secret, _ = await issue_token(self.store, user, draft)
        return {"authorization": f"Bearer {secret}"}


class Sites:
    """Opens blogs on this database with these settings."""

    def __init__(self, url: str, opened: AsyncExitStack) -> None:
        self._url = url
        self._opened = opened

    async def open(self, **settings: object) -> Site:
        app = create_api(Settings.model_validate({"database_url": self._url, **settings}))
        await self._opened.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.1", 5000))
        client = httpx.AsyncClient(transport=transport, base_url="http://blog.example")
        await self._opened.enter_async_context(client)
        return Site(app, await app.state.lifecycle.store(), client)


@pytest.fixture
def blog_file(empty_blog_file: Path, tmp_path: Path) -> Path:
    """An SQLite file with an empty blog, for this test."""
    return Path(shutil.copy(empty_blog_file, tmp_path))


@pytest.fixture
async def sites(blog_file: Path) -> AsyncIterator[Sites]:
    async with AsyncExitStack() as opened:
        yield Sites(f"sqlite:///{blog_file}", opened)


@pytest.fixture(scope="session")
async def usual_site(engines: Engines) -> AsyncIterator[Site]:
    async with AsyncExitStack() as opened:
        blog = await engines.empty_blog("sqlite")
        yield await Sites(blog.url, opened).open()


@pytest.fixture
async def site(usual_site: Site, engines: Engines) -> AsyncIterator[Site]:
    """An empty blog with default settings."""
    await engines.empty_blog("sqlite")
    yield usual_site
    usual_site.app.dependency_overrides.clear()
