"""People at the desk, on every database."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.tokens import ROLE_SCOPES, Token, TokenKind, digest, new_secret
from everpost.domain.people.users import UserChange
from everpost.services.accounts.passwords import hash_password
from everpost.stores.port import Store
from tests.conftest import Engines, offer_key
from tests.contract.http.conftest import Applications
from tests.contract.http.people import PEOPLE, Who
from tests.contract.pages.conftest import FORM, Site, Sites

COOKIE = "everpost"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class DeskSite(Site):
    """A blog, and one person at its desk, who follows no redirect."""

    secret: str | None = None
    """Of the session; None: the person is not signed in."""

    async def as_(self, who: Who) -> "DeskSite":
        """The same desk for this person, who has just signed in."""
        if who == "nobody":
            return replace(self, secret=None)
        return replace(self, secret=await start_session(self.store, who))

    @property
    def cookies(self) -> dict[str, str]:
        return {} if self.secret is None else {"cookie": f"{COOKIE}={self.secret}"}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = await self.client.get(path, headers=self.cookies | sent)
        self.client.cookies.clear()
        return answer

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        sent = {"content-type": FORM} | {name.replace("_", "-"): text for name, text in headers.items()}
        answer = await self.client.post(path, content=urlencode(fields), headers=self.cookies | sent)
        self.client.cookies.clear()
        return answer


async def start_session(store: Store, who: Who) -> str:
    """The secret of a new session."""
    user, secret = PEOPLE[who].user, new_secret()
    session = Token(
        id=new_id(),
        user_id=user.id,
        name="A browser",
        scopes=ROLE_SCOPES[user.role],
        digest=digest(secret),
        created_at=now(),
        kind=TokenKind.LOGIN,
    )
    await store.tokens.add(session)
    return secret


async def give_password(store: Store, who: Who, password: str = PASSWORD) -> None:
    """Let this person sign in with a password."""
    change = UserChange(updated_at=now(), password_hash=await hash_password(password))
    await store.users.save(PEOPLE[who].user.id, change, match=None)


@pytest.fixture(scope="session")
async def sites(engines: Engines, pytestconfig: pytest.Config) -> AsyncIterator[Sites]:
    async with AsyncExitStack() as opened:
        yield Sites(Applications(engines, pytestconfig.stash[offer_key].names, opened), opened)


@pytest.fixture
async def desk(sites: Sites, store_name: str) -> DeskSite:
    """A blog that contains only its people; nobody is signed in."""
    site = await sites.on_empty_blog(store_name)
    return DeskSite(site.client, site.store, site.app)


@pytest.fixture
async def strict_desk(sites: Sites, store_name: str) -> DeskSite:
    """The same desk with strict limits."""
    site = await sites.on_empty_blog(store_name, strict=True)
    return DeskSite(site.client, site.store, site.app)
