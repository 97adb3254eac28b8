"""The answers that the majority must confirm."""

import inspect

import pytest

from everpost.stores import port
from everpost.stores.mongo.comments import MongoComments
from everpost.stores.mongo.posts import MongoPosts
from everpost.stores.mongo.rate_limits import MongoRateLimits
from everpost.stores.mongo.records import MongoRecords
from everpost.stores.mongo.settings import MongoBlogs
from everpost.stores.mongo.tokens import MongoTokens
from everpost.stores.mongo.users import MongoUsers

PARTS: dict[type, type] = {
    port.Posts: MongoPosts,
    port.Comments: MongoComments,
    port.Blogs: MongoBlogs,
    port.Records: MongoRecords,
    port.Users: MongoUsers,
    port.Tokens: MongoTokens,
    port.RateLimits: MongoRateLimits,
}
WRITES = {
    *("add", "save", "remove", "mark_used", "hit", "decrement", "start_window", "delete_expired"),
    *("write", "begin", "finish", "set_up"),
}
"""The methods whose writes the majority acknowledges."""


@pytest.mark.parametrize("protocol", PARTS)
def test_every_method_of_the_port_confirms_its_answers_or_its_refusals(protocol: type) -> None:
    for name, _ in inspect.getmembers(protocol, inspect.iscoroutinefunction):
        if not name.startswith("_"):
            wrapper = getattr(PARTS[protocol], name).__code__.co_name
            assert wrapper == ("writing" if name in WRITES else "reading"), name
