"""Values in a body that are refused because of their meaning: ids, parents, slugs and dates."""

from tests.contract.http.protocol.hostile.request import (
    COMMENT,
    OTHER_COMMENT,
    OTHER_POST,
    POST,
    UNKNOWN,
    Hostile,
    comment_with,
    patch_with,
    post_with,
)

BAD_IDS = [
    "",
    "x",
    "f" * 23,
    "f" * 25,
    "g" * 24,
    f"{UNKNOWN}\n",
    f" {UNKNOWN}",
    "\uff46" * 24,
    "0x" + "f" * 22,
    "ObjectId('" + UNKNOWN + "')",
    "' OR '1'='1",
    f"{UNKNOWN}'; DROP TABLE posts; --",
    "00000000-0000-0000-0000-000000000000",
]

ODD_IDS: list[object] = [0, 1, True, [], [UNKNOWN], {"$oid": UNKNOWN}, {"$ne": None}, 10**30]

IDS_IN_BODIES = [
    *(post_with(422, "id", id=value) for value in BAD_IDS),
    *(post_with(422, "id", id=value) for value in ODD_IDS),
    *(comment_with(422, "id", id=value) for value in ["x", *ODD_IDS]),
    *(comment_with(422, "parent_id", parent_id=value) for value in (*BAD_IDS, UNKNOWN, OTHER_COMMENT, POST)),
    post_with(409, "id", id=POST),
    post_with(409, "id", id=POST.upper(), slug="taken"),
    post_with(409, "slug", slug="taken"),
    post_with(409, "slug", slug="  TAKEN! "),
    Hostile(409, "PATCH", f"/posts/{OTHER_POST}", b'{"slug": "taken"}', ("slug",)),
    comment_with(409, "id", id=COMMENT),
    comment_with(409, "id", id=OTHER_COMMENT),
    comment_with(409, "id", id=COMMENT, parent_id=UNKNOWN),
]

NO_DATES: list[object] = [
    "2026-01-01",
    "2026-01-01T12:00:00",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2026-02-30T00:00:00Z",
    "2026-01-01T12:00:60Z",
    "2026-01-01T12:00:00+99:00",
    "1767268800",
    "9" * 5_000,
    "now",
    "",
    "' OR 1=1 --",
    {"$date": 0},
    0,
    1e18,
    10**30,
    True,
]

DATES = [
    *(post_with(422, "publication_date", publication_date=value) for value in NO_DATES),
    *(patch_with(422, "publication_date", publication_date=value) for value in NO_DATES[:8]),
    *(comment_with(422, "publication_date", publication_date=value) for value in NO_DATES[:8]),
]
