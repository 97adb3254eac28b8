"""The requests of the permission table about people, settings and the database."""

from everpost.api.http.etags import revision_text
from everpost.stores.port import Store
from tests.contract.desk.permissions import Prepare, Sent
from tests.contract.desk.settings_fields import fields_of_settings
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


REQUESTS: dict[str, Prepare] = {
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
