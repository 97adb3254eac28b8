"""Files of comment systems, and the items read from them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from everpost.transfer.importers.model import Item, Note, SourceComment, SourceThread


def comments_of(items: Iterable[Item]) -> dict[str, SourceComment]:
    """The comments, by id."""
    threads = (item for item in items if isinstance(item, SourceThread))
    return {comment.source_id: comment for thread in threads for comment in thread.comments}


def notes_of(items: Iterable[Item]) -> Iterator[tuple[str, str, str]]:
    """Kind, name and reason of each note, without those about a whole file."""
    return (
        (item.kind, item.name, item.reason)
        for item in items
        if isinstance(item, Note) and item.kind not in {"list of fields", "setting"}
    )


DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
  <category dsq:id="1"><forum>blog</forum><title>General</title><isDefault>true</isDefault></category>
  <thread dsq:id="10"><id>ten</id><link>https://blog.example/2024/01/first/</link>
    <title>First &amp; last</title><isClosed>false</isClosed><isDeleted>false</isDeleted></thread>
  <thread dsq:id="11"><id/></thread>
  <thread dsq:id="12"><link>https://blog.example/gone/</link><title>Gone</title><isDeleted>true</isDeleted></thread>
  <thread dsq:id="13"><id>/named/</id><title>Named</title></thread>
  {posts}
</disqus>
"""


def disqus_post(source_id: str, *, thread: str = "10", inside: str = "", message: str = "<p>Text</p>") -> str:
    """A comment in the format of Disqus."""
    return f"""<post dsq:id="{source_id}">
      <id>wp_id={source_id}</id>
      <message><![CDATA[{message}]]></message>
      <createdAt>2024-01-31T09:00:0{len(source_id) % 10}Z</createdAt>
      <author><email>a@blog.example</email><name>Ann</name><isAnonymous>false</isAnonymous>
        <username>ann</username></author>
      <ipAddress>192.0.2.1</ipAddress>
      <thread dsq:id="{thread}" />{inside}
    </post>"""


def write_disqus(path: Path, *posts: str) -> Path:
    path.write_text(DISQUS.format(posts="\n".join(posts)))
    return path


ISSO = """
CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
    created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR,
    author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
    voters BLOB NOT NULL, notification INTEGER NOT NULL DEFAULT 0);
INSERT INTO threads VALUES (1, '/first/', 'First'), (2, '/second/', NULL);
"""
ISSO_ROWS: Sequence[tuple[object, ...]] = (
    (1, 1, None, 1706691600.5, None, 1, "192.0.2.0", "Some *text*", "Ann", "a@blog.example", None, 2, 1),
    (1, 2, 1, 1706691601.0, 1706691700.0, 2, "192.0.2.0", "Waiting", None, None, "https://a.example", 0, 0),
    (1, 3, None, 1706691602.0, None, 4, "192.0.2.0", "", None, None, None, 0, 0),
    (2, 4, None, 1706691603.0, None, 7, "", "Of an odd mode", "", "", "", 0, 0),
    (9, 5, None, 1706691603.0, None, 1, "", "On no thread", "Ben", "", "", 0, 0),
    (2, 6, None, "soon", None, 1, "", "Of no date", "Ben", "", "", 0, 0),
    (2, 7, None, 1e300, None, 1, "", "Of no date", None, "", "", 0, 0),
    (2, 8, None, 1706691604, None, 1, "", b"caf\xe9", "Cy", "", "", 0, 0),
)


def write_isso(path: Path, rows: Iterable[tuple[object, ...]] = ISSO_ROWS) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(ISSO)
        statement = f"INSERT INTO comments VALUES ({', '.join('?' * 13)}, x'00', 0)"
        database.executemany(statement, rows)
        database.commit()
    return path
