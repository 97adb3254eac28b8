"""The requests of the permission table about people, settings and the database."""

from everpost.stores.port import Store
from tests.contract.desk.permissions import Prepare, Sent
from tests.contract.desk.settings_fields import fields_of_settings
from tests.contract.http.people import Who


async def new_title(store: Store, _who: Who) -> Sent:
    return Sent(fields={**fields_of_settings(await store.blog.get()), "title": "A new title"})


async def one_link_more(store: Store, _who: Who) -> Sent:
    return Sent(fields={**fields_of_settings(await store.blog.get()), "do": "add"})


REQUESTS: dict[str, Prepare] = {
    "POST /desk/settings": new_title,
    "POST /desk/settings adding a link": one_link_more,
}
