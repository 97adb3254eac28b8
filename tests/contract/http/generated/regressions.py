"""Sequences of calls to which a store once responded differently than the others, or easily could."""

from tests.contract.http.memory import Call, Long

POST = "/posts/0000000000000000000000a1"
OTHER_POST = "0000000000000000000000a2"
WIDEST = Long("\U00020000", 255)
COMMENT = f"{POST}/comments/0000000000000000000000c1"

CREATE = Call(
    "POST", "/posts", {"id": "0000000000000000000000a1", "title": "T", "content": "C", "slug": "slug"}
)
COMMENT_ON = Call("POST", f"{POST}/comments", {"id": "0000000000000000000000c1", "content": "C"})

REGRESSIONS: dict[str, list[Call]] = {
    # MySQL reports changed rows, not matched ones, unless told to: a change to what is there already.
    "a change that changes nothing": [
        CREATE,
        Call("PATCH", POST, {"title": "T"}, "latest"),
        Call("PATCH", POST, {"title": "T"}, "latest"),
        Call("PATCH", POST, {"title": "T"}, "first"),
    ],
    # MongoDB cuts its long message about a taken slug in the middle of a character: that was a 500.
    "a slug of the widest letters is taken": [
        CREATE,
        Call("POST", "/posts", {"id": OTHER_POST, "title": "T", "content": "C", "slug": WIDEST}),
        Call("PATCH", POST, {"slug": WIDEST}),
    ],
    "a slug is derived twice": [
        CREATE,
        Call("PATCH", POST, {"slug": None}),
        Call("PATCH", POST, {"slug": None}),
    ],
    # The same version at the same moment: only the comment's absence tells them apart.
    "a comment removed and made again in one moment": [
        CREATE,
        COMMENT_ON,
        Call("DELETE", COMMENT, condition="latest"),
        COMMENT_ON,
        Call("PATCH", COMMENT, {"content": "D"}, "first"),
    ],
    "a post removed and made again with its comment": [
        CREATE,
        COMMENT_ON,
        Call("DELETE", POST, condition="latest"),
        CREATE,
        COMMENT_ON,
        Call("GET", POST, condition="first"),
    ],
    "a cursor at the end of the calendar": [
        Call(
            "POST",
            "/posts",
            {
                "id": "0000000000000000000000a1",
                "title": "T",
                "content": "",
                "publication_date": "9999-12-31T23:59:59.999Z",
            },
        ),
        Call(
            "POST",
            "/posts",
            {
                "id": OTHER_POST,
                "title": "T",
                "content": "",
                "publication_date": "0001-01-01T00:00:00Z",
            },
        ),
        Call("GET", "/posts?limit=1"),
        Call("GET", "/posts", link=0),
    ],
}
