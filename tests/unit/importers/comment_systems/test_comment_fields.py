"""Each field of comment systems' files is imported or reported."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.model import Note
from tests.unit.importers.exports import of_kind

DISQUS = """<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>a-forum</forum><title>General</title><isDefault>true</isDefault></category>
<thread dsq:id="10"><id>ten</id><forum>a-forum</forum><category dsq:id="1"/><link>https://blog.example/x/</link>
<title>First</title><message>Words</message><createdAt>2024-01-31T09:00:00Z</createdAt>
<author><name>Ann</name></author><ipAddress>192.0.2.1</ipAddress><isClosed>true</isClosed>
<isDeleted>false</isDeleted></thread>
<post dsq:id="100"><id>wp_id=1</id><message>Text</message><createdAt>2024-01-31T09:00:03Z</createdAt>
<isDeleted>false</isDeleted><isSpam>false</isSpam><isApproved>true</isApproved><raw_message>Text</raw_message>
<author><name>Ann</name><username>ann</username><email>ann@example.org</email><isAnonymous>false</isAnonymous></author>
<ipAddress>192.0.2.1</ipAddress><thread dsq:id="10"/><likes>3</likes></post></disqus>"""


def test_every_field_of_disqus_is_imported_or_reported(tmp_path: Path) -> None:
    path = tmp_path / "disqus.xml"
    path.write_text(DISQUS)
    said = repr(list(read_disqus(path)))
    for field in (
        *("category.forum", "category.title", "category.isDefault", "thread.forum", "thread.message"),
        *("thread.createdAt", "thread.author", "thread.ipAddress", "https://blog.example/x/", "First"),
        *("closed mark of a thread", "100", "Text", "Ann", "email address", "IP address"),
        *("post.raw_message", "post.likes", "author.isAnonymous"),
    ):
        assert field in said, f"{field} is neither carried nor named"


def test_a_closed_thread_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "disqus.xml"
    path.write_text(DISQUS)
    closed = [
        note.name for note in of_kind(Note, read_disqus(path)) if note.kind == "closed mark of a thread"
    ]
    assert closed == ["https://blog.example/x/"]


def test_every_field_of_remark42_is_imported_or_reported(tmp_path: Path) -> None:
    user = {"name": "Ann", "id": "u1", "picture": "p.png", "ip": "192.0.2.1", "email": "a@b.example"}
    comment = {
        "id": "c1",
        "pid": "c0",
        "text": "<p>Text</p>",
        "orig": "Text",
        "user": {**user, "admin": True, "verified": True, "site_id": "blog", "paid_sub": True},
        "locator": {"site": "blog", "url": "https://blog.example/x/"},
        "score": 3,
        "votes": {"u2": True},
        "voted_ips": {"x": {"a": 1}},
        "vote": 1,
        "controversy": 1.5,
        "time": "2024-01-31T10:00:00Z",
        "edit": {"time": "2024-02-01T10:00:00Z", "summary": "Typo"},
        "pin": True,
        "imported": True,
        "title": "First",
    }
    meta = {
        "version": 1,
        "users": [{"id": "u1", "blocked": {"status": True}, "verified": True}],
        "posts": [{"url": "https://blog.example/x/", "read_only": True}],
    }
    path = tmp_path / "backup"
    path.write_text(json.dumps(meta) + "\n" + json.dumps(comment))
    said = repr(list(read_remark42(path)))
    for field in (
        *(
            "c1",
            "c0",
            "Text",
            "Ann",
            "https://blog.example/x/",
            "First",
            "IP address",
            "email address",
            "vote",
        ),
        *(
            "user.picture",
            "user.admin",
            "user.verified",
            "user.site_id",
            "user.paid_sub",
            "score",
            "controversy",
        ),
        *("voted_ips", "edit.summary", "pin", "imported", "users", "posts"),
    ):
        assert field in said, f"{field} is neither carried nor named"


def test_every_column_of_isso_is_imported_or_reported(tmp_path: Path) -> None:
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("""
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title);
            CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created, modified, mode, remote_addr,
                text, author, email, website, likes, dislikes, voters, notification);
            INSERT INTO threads VALUES (1, '/x/', 'First');
            INSERT INTO comments VALUES (1, 2, 3, 1706691600, 1706691700, 1, '192.0.2.1', 'Text', 'Ann',
                'a@b.example', 'https://a.example', 4, 5, x'00', 1);
        """)
    said = repr(list(read_isso(path)))
    for field in (
        *(
            "/x/",
            "First",
            "source_id='2'",
            "parent_id='3'",
            "Text",
            "Ann",
            "2024",
            "IP address",
            "email address",
        ),
        *("website", "vote", "reply notification"),
    ):
        assert field in said, f"{field} is neither carried nor named"
