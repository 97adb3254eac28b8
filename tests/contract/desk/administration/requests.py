"""The requests of the permission table about people, settings and the database."""

from everpost.api.http.etags import revision_text
from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.people.tokens import Token, digest, new_secret
from everpost.stores.port import Store
from tests.contract.desk.administration.settings_fields import fields_of_settings
from tests.contract.desk.permissions import Prepare, Sent
from tests.contract.http.people import PEOPLE, Who
from tests.contract.port.examples import register


async def new_title(store: Store, _who: Who) -> Sent:
    return Sent(fields={**fields_of_settings(await store.blog.get()), "title": "A new title"})


async def one_link_more(store: Store, _who: Who) -> Sent:
    return Sent(fields={**fields_of_settings(await store.blog.get()), "do": "add"})


def for_someone(**fields: str) -> Prepare:
    """A request about a new user."""

    async def prepare(store: Store, _who: Who) -> Sent:
        user = await register(store)
        return Sent({"user_id": user.id}, {"revision": revision_text(user.revision), **fields})

    return prepare


def for_oneself(**fields: str) -> Prepare:
    """A request about the account of the person who sends it; of the admin, if nobody is signed in."""

    async def prepare(store: Store, who: Who) -> Sent:
        user = await store.users.get(PEOPLE["admin" if who == "nobody" else who].user.id)
        return Sent({"user_id": user.id}, {"revision": revision_text(user.revision), **fields})

    return prepare


def a_token(*scopes: str) -> Prepare:
    """A request for a new token, by people without a password."""

    async def prepare(_store: Store, _who: Who) -> Sent:
        return Sent(fields={"name": "Backup", **dict.fromkeys(scopes, "on")})

    return prepare


async def own_token(store: Store, who: Who) -> Sent:
    owner = PEOPLE["admin" if who == "nobody" else who]
    return Sent({"token_id": await new_token(store, owner.user.id)})


async def token_of_another(store: Store, _who: Who) -> Sent:
    return Sent({"token_id": await new_token(store, (await register(store)).id)})


async def new_token(store: Store, user_id: Id) -> Id:
    token = Token(
        id=new_id(),
        user_id=user_id,
        name="Backup",
        scopes=frozenset(),
        digest=digest(new_secret()),
        created_at=now(),
    )
    await store.tokens.add(token)
    return token.id


async def new_person(_store: Store, _who: Who) -> Sent:
    email = f"{new_id()}@blog.example"
    return Sent(fields={"name": "Ivy Invited", "email": email, "role": "author"})


async def unknown_code(_store: Store, _who: Who) -> Sent:
    return Sent(fields={"code": "evp_unknown", "new_password": "a horse with a new battery"})


REQUESTS: dict[str, Prepare] = {
    "POST /desk/account/tokens": a_token("posts:write"),
    "POST /desk/account/tokens with the scope `admin`": a_token("admin"),
    "POST /desk/account/tokens/{token_id}/revoke your own": own_token,
    "POST /desk/account/tokens/{token_id}/revoke another user's": token_of_another,
    "POST /desk/people/invite": new_person,
    "POST /desk/people/{user_id}/link": for_someone(),
    "POST /desk/people/{user_id}/link your own": for_oneself(),
    "POST /desk/invitation with an unknown code": unknown_code,
    "GET /desk/people/{user_id}": for_someone(),
    "POST /desk/people/{user_id}/role": for_someone(role="editor"),
    "POST /desk/people/{user_id}/role your own": for_oneself(role="author"),
    "POST /desk/people/{user_id}/disable": for_someone(),
    "POST /desk/people/{user_id}/enable": for_someone(),
    "GET /desk/people/{user_id}/remove": for_someone(),
    "POST /desk/people/{user_id}/remove": for_someone(posts="keep"),
    "POST /desk/people/{user_id}/remove yourself": for_oneself(posts="keep"),
    "POST /desk/settings": new_title,
    "POST /desk/settings adding a link": one_link_more,
}
