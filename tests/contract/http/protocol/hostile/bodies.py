"""Bodies that are not JSON, have the wrong shape, or contain values that no post or comment can have."""

import gzip

from everpost.api.http.request_bodies import MAX_LEVELS
from tests.contract.http.protocol.hostile.request import (
    ONE,
    ONE_COMMENT,
    THREAD,
    UNKNOWN,
    Hostile,
    comment_with,
    patch_with,
    post_with,
)

MEBIBYTE = 1024 * 1024
DEEP = 20_000

NOT_JSON = [
    Hostile(400, "POST", "/posts", body)
    for body in (
        b"",
        b" ",
        b"{",
        b"}",
        b"nothing",
        b"undefined",
        b"{'title': 'T', 'content': 'C'}",
        b'{title: "T", content: "C"}',
        b'{"title": "T", "content": "C",}',
        b'{"title": "T" "content": "C"}',
        b'{"title": "T", /* why */ "content": "C"}',
        b'{"title": "T", "content": "C"} // why',
        b'{"title": "T", "content": "C"}{}',
        b'{"title": "T", "content": "C"}\x00',
        b'\x00{"title": "T", "content": "C"}',
        b'{"title": "T\x00", "content": "C"}',
        b'{"title": "T\n", "content": "C"}',
        b'{"title": "\\x41", "content": "C"}',
        b'{"title": "\\u12", "content": "C"}',
        b'{"title": NaN, "content": "C"}',
        b'{"title": Infinity, "content": "C"}',
        b'{"title": -Infinity, "content": "C"}',
        b'{"title": 01, "content": "C"}',
        b'{"title": 0x1f, "content": "C"}',
        b'{"title": .5, "content": "C"}',
        b'{"title": True, "content": "C"}',
        b'{"title": "T, "content": "C"}',
        b"title=T&content=C",
        b"<post><title>T</title></post>",
        b"title: T\ncontent: C\n",
        b'\xff{"title": "T", "content": "C"}',
        b'{"title": "\xff", "content": "C"}',
        b'{"title": "\xc0\x80", "content": "C"}',
        b'{"title": "\xed\xa0\x80", "content": "C"}',
        b'{"title": "\xed\xa0\xbd\xed\xb8\x80", "content": "C"}',
        b'{"title": "\xf4\x90\x80\x80", "content": "C"}',
        b'{"title": "\xe2\x82", "content": "C"}',
        b'{"title": "T", "content": "C"}'.decode().encode("utf-8-sig"),
        b'{"title": "T", "content": "C"}'.decode().encode("utf-16"),
        b'{"title": "T", "content": "C"}'.decode().encode("utf-16-be"),
        b'{"title": "T", "content": "C"}'.decode().encode("utf-32"),
        gzip.compress(b'{"title": "T", "content": "C"}', mtime=0),
        b"[" * DEEP,
        b'{"title":' * DEEP,
        b"[" * (2 * MEBIBYTE),
    )
]

TOO_DEEP = [
    Hostile(422, "POST", "/posts", b"[" * MAX_LEVELS + b"]" * MAX_LEVELS),
    Hostile(400, "POST", "/posts", b"[" * (MAX_LEVELS + 1) + b"]" * (MAX_LEVELS + 1)),
    Hostile(400, "PATCH", ONE, b'{"tags": ' + b'[{"a":' * 50 + b"1" + b"}]" * 50 + b"}"),
    Hostile(400, "POST", "/posts", b"[" * DEEP + b"]" * DEEP),
    Hostile(400, "POST", "/posts", b'{"title":' * DEEP + b"1" + b"}" * DEEP),
    Hostile(400, "POST", "/posts", b'{"content": "C", "title": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
    Hostile(
        400,
        "POST",
        "/posts",
        b'{"title": "T", "content": "C", "x": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    ),
    Hostile(400, "PATCH", ONE, b'{"tags": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
    Hostile(
        400, "POST", THREAD, b'{"content": ' + b'{"$gt":' * (DEEP // 2) + b'""' + b"}" * (DEEP // 2) + b"}"
    ),
    Hostile(422, "POST", "/posts", b'{"title": "T", "content": "' + b"[{" * 200 + b'", "x": 1}', ("x",)),
    Hostile(422, "POST", "/posts", b'{"title": "T", "content": "\\"' + b'[\\"' * 200 + b'", "x": 1}', ("x",)),
    Hostile(400, "POST", "/posts", b"[" * 200 + b'"' + b'\\"' * DEEP),
    Hostile(400, "POST", "/posts", b"[" * 200 + b'"' + b'\\"' * DEEP + b"\\"),
    Hostile(400, "POST", "/posts", b'"' + b"]" * 200 + b'[{"' * 200),
    Hostile(400, "POST", "/posts", b"]" * 200 + b"[" * 200),
]

NOT_AN_OBJECT = [
    Hostile(422, method, path, body)
    for body in (b"[]", b'"text"', b"1", b"null", b"true", b'[{"title": "T", "content": "C"}]')
    for method, path in (("POST", "/posts"), ("PATCH", ONE), ("POST", THREAD))
]

OPERATORS: list[object] = [
    {"$gt": ""},
    {"$ne": None},
    {"$where": "sleep(1000)"},
    {"$regex": ".*"},
    [{"$gt": ""}],
]
NO_TEXT: list[object] = [None, 1, 1.5, True, [], {}, ["T"], 10**30, -(10**30), 1e300, *OPERATORS]

WRONG_TYPES = [
    *(post_with(422, "title", title=value) for value in NO_TEXT),
    *(post_with(422, "content", content=value) for value in NO_TEXT),
    *(post_with(422, "slug", slug=value) for value in NO_TEXT[1:]),
    *(patch_with(422, "title", title=value) for value in OPERATORS),
    *(patch_with(422, "publication_date", publication_date=value) for value in NO_TEXT),
    *(comment_with(422, "content", content=value) for value in NO_TEXT),
    *(comment_with(422, "parent_id", parent_id=value) for value in NO_TEXT[1:]),
    *(post_with(422, "tags", tags=value) for value in (1, "a", {"0": "a"}, {"$each": ["a"]}, True)),
    *(post_with(422, "tags.1", tags=["a", value]) for value in (None, 1, ["a"], {"$gt": ""}, 10**30)),
    Hostile(422, "POST", "/posts", b'{"content": "C", "title": ' + b"9" * 30 + b"}", ("title",)),
    # A parser may limit how long a number is (RFC 8259, section 6): Python's has an end at 4,300 digits.
    Hostile(400, "POST", "/posts", b'{"content": "C", "title": ' + b"9" * 5000 + b"}"),
    Hostile(422, "POST", "/posts", b'{"content": "C", "title": -' + b"9" * 5000 + b".5}", ("title",)),
    Hostile(422, "POST", "/posts", b'{"content": "C", "title": 1e99999}', ("title",)),
    Hostile(422, "POST", "/posts", b'{"content": "C", "title": "T", "title": 1}', ("title",)),
    Hostile(
        422, "POST", "/posts", b'{"content": "C", "title": "T", "content": {"content": "C"}}', ("content",)
    ),
    Hostile(400, "PATCH", ONE_COMMENT, b'{"content": ' + b"9" * 5000 + b"}"),
]

NAMES = [
    "colour",
    "version",
    "updated_at",
    "comment_count",
    "comments",
    "_id",
    "$set",
    "$where",
    "title.$",
    "comments.0.content",
    "title[$ne]",
    "Title",
    "title ",
    "",
    "'; DROP TABLE posts; --",
    "__proto__",
    "constructor",
    "prototype",
    "__class__",
    "__dict__",
    "model_config",
    "self",
    "\U0001f600",
    "k" * 64,
]

UNKNOWN_FIELDS = [
    *(post_with(422, name, **{name: "value"}) for name in NAMES),
    *(
        patch_with(422, name, **{name: {"$gt": ""}})
        for name in ("$set", "$unset", "_id", "id", "__proto__", "version")
    ),
    *(
        comment_with(422, name, **{name: UNKNOWN})
        for name in ("post_id", "version", "$push", "__proto__", "post.id")
    ),
    Hostile(422, "POST", "/posts", b'{"title": "T", "content": "C", "\\ud800": "value"}'),
    Hostile(422, "POST", "/posts", b'{"title": "T", "content": "C", "\\u0000": "value"}'),
    Hostile(422, "PATCH", ONE, b'{"\\udc00\\ud800": "value"}'),
    post_with(422, "k" * 64, **{"k" * 10_000: "value"}),
    post_with(422, "…", **{f"field{number}": number for number in range(2_000)}),
    Hostile(422, "PATCH", ONE_COMMENT, b'{"content": "C", "parent_id": null}', ("parent_id",)),
]

UNSTORABLE = [
    Hostile(422, method, path, template.replace("?", bad).encode(), (field,))
    for bad in ("\\u0000", "a\\u0000b", "\\ud800", "a\\udfff", "\\udc00\\ud800")
    for method, path, field, template in (
        ("POST", "/posts", "title", '{"title": "?", "content": "C"}'),
        ("POST", "/posts", "content", '{"title": "T", "content": "?"}'),
        ("POST", "/posts", "slug", '{"title": "T", "content": "C", "slug": "?"}'),
        ("PATCH", ONE, "tags.0", '{"tags": ["?"]}'),
        ("POST", THREAD, "content", '{"content": "?"}'),
        ("PATCH", ONE_COMMENT, "content", '{"content": "?"}'),
    )
]

TOO_MUCH = [
    post_with(422, "title", title="T" * 256),
    post_with(422, "title", title="\U0001f30d" * 256),
    post_with(422, "title", title=""),
    post_with(422, "content", content="C" * 1_000_001),
    post_with(422, "slug", slug="s" * 256),
    post_with(422, "slug", slug="---"),
    post_with(422, "tags", tags=["t"] * 21),
    post_with(422, "tags.0", tags=["t" * 51]),
    patch_with(422, "tags.1", tags=["t", ""]),
    patch_with(422, "tags", tags=["t"] * 100_000),
    comment_with(422, "content", content="C" * 20_001),
    comment_with(422, "content", content=""),
    Hostile(422, "PATCH", ONE_COMMENT, b'{"content": ""}', ("content",)),
    Hostile(413, "POST", "/posts", b'{"title": "T", "content": "C"}'.ljust(2 * MEBIBYTE + 1)),
    Hostile(413, "POST", "/posts", b'{"title": "T", "content": "' + b"C" * (3 * MEBIBYTE) + b'"}'),
    Hostile(
        413, "POST", "/posts", b'{"title": "T", "content": "' + b"C" * (3 * MEBIBYTE) + b'"}', chunked=True
    ),
    Hostile(413, "PATCH", ONE, b"[" * (3 * MEBIBYTE), chunked=True),
    Hostile(413, "POST", THREAD, b" " * (3 * MEBIBYTE)),
    Hostile(413, "PATCH", ONE_COMMENT, b"\x00" * (3 * MEBIBYTE)),
]
