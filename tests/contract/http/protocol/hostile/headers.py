"""Conditions, media types, lengths and methods."""

from tests.contract.http.protocol.hostile.request import JSON, ONE, ONE_COMMENT, THREAD, Hostile

NO_TAGS = [
    b"",
    b"garbage",
    b'"',
    b'"unclosed',
    b"'1-0'",
    b'"1-0"',
    b'W/"1-0"',
    b'W/"*"',
    b'"*"',
    b'"-1-0"',
    b'"1--"',
    b'"1-zzz"',
    b'"0-0"',
    b'"' + b"9" * 5_000 + b'-0"',
    b'"1-' + b"f" * 5_000 + b'"',
    b'"\' OR 1=1 --"',
    b'{"$ne": ""}',
    b", , ,",
    b", ".join(b'"%d-0"' % number for number in range(1, 500)),
    b'"\xe9"',
    b'"\xff\xfe"',
    b"**",
]

CONDITIONS = [
    *(Hostile(412, "PATCH", ONE, b'{"title": "X"}', (), (*JSON, (b"if-match", tag))) for tag in NO_TAGS),
    *(Hostile(412, "DELETE", ONE, None, (), ((b"if-match", tag),)) for tag in NO_TAGS),
    *(
        Hostile(412, "PATCH", ONE_COMMENT, b'{"content": "X"}', (), (*JSON, (b"if-match", tag)))
        for tag in NO_TAGS
    ),
    *(Hostile(412, "DELETE", ONE_COMMENT, None, (), ((b"if-match", tag),)) for tag in NO_TAGS),
]

NO_JSON_TYPES = [
    b"text/plain",
    b"text/json",
    b"application/xml",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=b",
    b"application/jsonp",
    b"application/json+x",
    b"application/octet-stream",
    b"json",
    b"*/*",
    b"application/*",
    b"application/json, text/plain",
    b"",
    b";",
    b"\xff",
    b"a" * 5_000,
    b'application/json;"' + b";" * 20_000,
    b"application/json" + b";" * 20_000,
    b"application/json; charset=utf-8" + b";" * 200,
    b"application/json; charset=latin-1",
    b"application/json; charset=utf-8; charset=utf-16",
    b'application/json; charset="utf-16"',
    b"application/json charset=utf-8",
    b"application/json; charset",
    b"application/" + b"+json" * 5_000,
    b'application/json; a="' + b'\\"' * 80,
    b"application/json;" + b"a=b;" * 5_000,
    b"/json",
    b"application/",
]

LENGTHS = [
    Hostile(
        status, "POST", "/posts", b'{"title": "T", "content": "C"}', (), (*JSON, (b"content-length", length))
    )
    for status, length in (
        (413, b"2097153"),
        (413, b"9" * 19),
        (400, b"9" * 20),
        (400, b"9" * 5_000),
        (400, b"-1"),
        (400, b"+31"),
        (400, b"3_1"),
        (400, b"1e1"),
        (400, b"0x1f"),
        (400, b"31, 31"),
        (400, b"abc"),
        (400, b""),
        (400, b"\xb9"),
    )
]

MEDIA_TYPES = [
    *(
        Hostile(415, "POST", "/posts", b'{"title": "T", "content": "C"}', (), ((b"content-type", each),))
        for each in NO_JSON_TYPES
    ),
    Hostile(415, "POST", "/posts", b'{"title": "T", "content": "C"}', (), ()),
    Hostile(415, "PATCH", ONE, b'{"title": "X"}', (), ()),
    Hostile(415, "PATCH", ONE, b"title=X", (), ((b"content-type", b"application/x-www-form-urlencoded"),)),
    Hostile(415, "POST", THREAD, b"C", (), ((b"content-type", b"text/plain"),)),
    Hostile(415, "PATCH", ONE_COMMENT, b'{"content": "X"}', (), ((b"content-type", b"text/plain"),)),
]

TOO_MANY_HEADERS = [
    Hostile(431, method, path, body, (), (*JSON, (name, value)))
    for method, path, body in (("GET", ONE, None), ("POST", THREAD, b"{}"), ("POST", "/login", b"a=b"))
    for name, value in (
        (b"content-type", b'application/json;"' + b";" * 400_000),
        (b"if-none-match", b'"1-0",' * 50_000),
        (b"if-match", b'W/"' * 100_000),
        (b"x-forwarded-for", b"," * 400_000),
        (b"x-edit-key", b"k" * 100_000),
        (b"origin", b"https://" * 50_000),
        (b"accept", b"*/*," * 50_000),
        (b"cookie", b"a=b;" * 50_000),
    )
]

METHODS = [
    *(
        Hostile(405, method, "/posts")
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "X-Y")
    ),
    *(Hostile(405, method, ONE) for method in ("PUT", "POST", "TRACE", "OPTIONS", "LINK")),
    *(Hostile(405, method, THREAD) for method in ("PUT", "PATCH", "DELETE")),
    *(Hostile(405, method, ONE_COMMENT) for method in ("PUT", "POST", "MOVE")),
    Hostile(405, "POST", f"{ONE}?_method=DELETE", b"{}", (), (*JSON, (b"x-http-method-override", b"DELETE"))),
    Hostile(405, "POST", "/health/live"),
    Hostile(405, "DELETE", "/openapi.json"),
]
