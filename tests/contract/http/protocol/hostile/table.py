"""The table of all hostile requests, in parts."""

from collections.abc import Iterator

from tests.contract.http.protocol.hostile.addresses import PATHS, QUERIES
from tests.contract.http.protocol.hostile.bodies import (
    NOT_AN_OBJECT,
    NOT_JSON,
    TOO_DEEP,
    TOO_MUCH,
    UNKNOWN_FIELDS,
    UNSTORABLE,
    WRONG_TYPES,
)
from tests.contract.http.protocol.hostile.headers import (
    CONDITIONS,
    LENGTHS,
    MEDIA_TYPES,
    METHODS,
    TOO_MANY_HEADERS,
)
from tests.contract.http.protocol.hostile.request import Hostile
from tests.contract.http.protocol.hostile.values import DATES, IDS_IN_BODIES

PARTS: dict[str, list[Hostile]] = {
    "not JSON": NOT_JSON,
    "too deep": TOO_DEEP,
    "not an object": NOT_AN_OBJECT,
    "wrong types": WRONG_TYPES,
    "unknown fields": UNKNOWN_FIELDS,
    "unstorable text": UNSTORABLE,
    "too much and too little": TOO_MUCH,
    "ids in bodies": IDS_IN_BODIES,
    "paths": PATHS,
    "queries": QUERIES,
    "conditions": CONDITIONS,
    "lengths": LENGTHS,
    "media types": MEDIA_TYPES,
    "too many headers": TOO_MANY_HEADERS,
    "methods": METHODS,
    "dates": DATES,
}


def every_request() -> Iterator[Hostile]:
    for part in PARTS.values():
        yield from part
