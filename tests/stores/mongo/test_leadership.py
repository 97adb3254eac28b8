"""Which answers the majority has to confirm."""

import inspect

from everpost.stores import port, port_people
from everpost.stores.mongo.engine.leadership import READS

PARTS = (port.Posts, port.Comments, port.Blogs, port.Records)
PEOPLE = (port_people.Users, port_people.Tokens, port_people.Limits)
WRITES = {
    *("add", "save", "remove", "mark_used", "hit", "forgive", "keep", "forget"),
    *("write", "begin", "finish"),
}
"""The majority acknowledges the writes of these methods."""


def test_every_method_of_the_port_is_known_to_read_or_to_write() -> None:
    methods = {
        name
        for part in (*PARTS, *PEOPLE)
        for name, _ in inspect.getmembers(part, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert methods == READS | WRITES
