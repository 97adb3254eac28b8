"""Records as lines of JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.records import Record
from everpost.domain.writing.working_copies import PostBase, PostText, max_typed
from everpost.errors import Invalid
from everpost.transfer.archive.format import MAX_LINE
from everpost.transfer.copy.record_json import checked_values, read_row, row_of
from tests.contract.port.blog.files_and_revisions import MEDIA
from tests.contract.port.blog.values import ANN
from tests.contract.port.blog.whole_blogs import PASSKEYS, SETTINGS, TOKENS, WORKING_COPIES, a_whole_blog
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered
from tests.unit.services.test_passwords import UNKEPT_HASHES

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
MOMENTS = st.datetimes(
    EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
IDS = st.integers(0, 16**24 - 1).map(numbered)

POST = a_post(id=numbered(1), slug="a-post", tags=("b", "a"))
COMMENT = a_comment(numbered(1), id=numbered(2))

COMMENTS = st.builds(
    Comment,
    id=IDS,
    post_id=IDS,
    content=TEXT,
    publication_date=MOMENTS,
    updated_at=MOMENTS,
    version=st.integers(1, 2**63 - 1),
    parent_id=st.none() | IDS,
    depth=st.integers(0, 2**31 - 1),
    status=st.sampled_from(CommentStatus),
    author=st.none() | IDS.map(lambda author_id: Author(id=author_id, name="")),
    guest_name=st.none() | TEXT.filter(bool),
    key_digest=st.none() | st.just("f" * 64),
    editor_id=st.none() | IDS,
    edited_at=st.none() | MOMENTS,
    reply_count=st.integers(0, 2**31 - 1),
)


def line_of(record: Record, **changes: object) -> bytes:
    """The line of a record, with other values."""
    values = json.loads(row_of(record).line)
    return dumped(values | changes)


def dumped(values: dict[str, object]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def test_a_line_has_the_documented_form() -> None:
    assert row_of(COMMENT).line.decode() == (
        '{"kind":"comment","id":"000000000000000000000002","post_id":"000000000000000000000001",'
        '"parent_id":null,"depth":0,"content":"Content","status":"approved","author_id":null,'
        '"guest_name":null,"key_digest":null,"editor_id":null,"edited_at":null,"reply_count":0,'
        '"publication_date":"2024-02-29T12:30:15.123Z","updated_at":"2024-02-29T12:30:15.123Z","version":1}\n'
    )


def test_every_record_round_trips() -> None:
    rows = [row_of(record) for record in a_whole_blog()]
    assert [read_row(row.line) for row in rows] == rows
    assert [checked_values(row.line)[0] for row in rows] == [row.kind for row in rows]


@given(COMMENTS)
def test_any_comment_round_trips(comment: Comment) -> None:
    row = row_of(comment)
    assert row.line.count(b"\n") == 1
    assert read_row(row.line) == row
    assert checked_values(row.line) == (row.kind, row.kind.encode(comment))


def test_the_records_of_a_blog_are_in_the_order_of_their_keys() -> None:
    keys = [row_of(record).key for record in a_whole_blog()]
    assert keys == sorted(set(keys))


@given(st.lists(COMMENTS, max_size=10))
def test_comments_of_a_post_sort_by_date_and_id(comments: list[Comment]) -> None:
    thread = [replace(comment, post_id=POST.id) for comment in comments]
    by_key = sorted(thread, key=lambda comment: row_of(comment).key)
    assert [each.position for each in by_key] == sorted(each.position for each in thread)


def test_the_longest_line_is_within_the_limit() -> None:
    text = PostText(**{name: "\x01" * max_typed(name) for name in PostText.NAMES})
    base = PostBase(etag='"1-1-0123456789abcdef"', updated_at=MOMENT, text=text)
    longest = replace(WORKING_COPIES[0], text=text, base=base)
    line = row_of(longest).line
    assert len(line) < MAX_LINE
    assert read_row(line).record == longest


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (SETTINGS, "address_key", "00"),
        (SETTINGS, "comment_policy", "whatever"),
        (SETTINGS, "comment_policy", None),
        (SETTINGS, "title", "x" * 256),
        (SETTINGS, "title", None),
        (SETTINGS, "description", "a\0b"),
        (SETTINGS, "language", "pt-br"),
        (SETTINGS, "language", "german language"),
        (SETTINGS, "time_zone", "Mars/Olympus"),
        (SETTINGS, "time_zone", "../etc/passwd"),
        (SETTINGS, "base_url", "https://Blog.example"),
        (SETTINGS, "base_url", ""),
        (SETTINGS, "permalink", "/tags/{slug}"),
        (SETTINGS, "navigation", None),
        (SETTINGS, "navigation", [{"label": "About"}]),
        (SETTINGS, "navigation", [{"label": "About", "url": 1}]),
        (SETTINGS, "navigation", [{"url": "/about", "label": "About"}]),
        (SETTINGS, "navigation", [{"label": " About", "url": "/about"}]),
        (SETTINGS, "navigation", [{"label": "About", "url": "/about", "rel": "me"}]),
        (SETTINGS, "posts_per_page", 0),
        (SETTINGS, "posts_per_page", 101),
        (ANN, "email", "nobody"),
        (ANN, "email", " ann@example.org"),
        (ANN, "name", ""),
        (ANN, "role", 1),
        (ANN, "name", " "),
        (ANN, "name", "Ann "),
        *((ANN, "password_hash", each) for each in ("", "x" * 256, *UNKEPT_HASHES)),
        (ANN, "disabled_at", ""),
        (TOKENS[0], "scopes", ["everything"]),
        (TOKENS[0], "scopes", "admin"),
        (TOKENS[0], "scopes", ["posts:write", "admin"]),
        (TOKENS[0], "scopes", ["admin", "admin"]),
        (TOKENS[0], "digest", "A" * 64),
        (POST, "id", "000000000000000000000001 "),
        (POST, "id", "00000000000000000000000A"),
        (POST, "id", 1),
        (POST, "slug", "A Post"),
        (POST, "slug", "A/\u0378"),
        (POST, "slug", "archive"),
        (POST, "slug", "x" * 256),
        (POST, "post_kind", "draft"),
        (POST, "summary", ""),
        (POST, "summary", "x" * 501),
        *((POST, "paths", each) for each in (None, "/a", [1], ["a"], ["/a/"], ["/%61"], ["/a", "/a"])),
        (POST, "paths", [f"/{number}" for number in range(21)]),
        (POST, "paths", ["/" + "a" * 500]),
        (POST, "title", ""),
        (POST, "title", "x" * 256),
        (POST, "title", "a\0b"),
        (POST, "title", "a\ud800b"),
        (POST, "content", None),
        (POST, "content", "x" * 1_000_001),
        (POST, "format", "text"),
        (POST, "tags", ["a", "a"]),
        (POST, "tags", [" a"]),
        (POST, "tags", ["x" * 51]),
        (POST, "tags", [str(number) for number in range(21)]),
        (POST, "tags", [1]),
        (POST, "status", "hidden"),
        (POST, "comment_policy", "inherit"),
        (POST, "version", 0),
        (POST, "version", 2**63),
        (POST, "version", True),
        (POST, "version", 1.0),
        (POST, "comment_count", -1),
        (POST, "updated_at", "2024-02-30T00:00:00.000Z"),
        (POST, "updated_at", "0000-01-01T00:00:00.000Z"),
        (POST, "updated_at", "2024-02-28T24:00:00.000Z"),
        (POST, "updated_at", "2024-02-29T00:00:00Z"),
        (POST, "updated_at", "2024-02-29T00:00:00.000+00:00"),
        (POST, "updated_at", "2024-02-29 12:30:15.123Z"),
        (POST, "updated_at", "2024-02-29T12:30:15,123Z"),
        (POST, "updated_at", 0),
        (COMMENT, "content", "x" * 20_001),
        (COMMENT, "author_id", "somebody"),
        (COMMENT, "guest_name", ""),
        (COMMENT, "key_digest", "f"),
        (COMMENT, "editor_id", "f"),
        (COMMENT, "edited_at", "2024-02-29"),
        (COMMENT, "depth", 2**31),
        (MEDIA[0], "digest", "A" * 64),
        *((MEDIA[0], "name", each) for each in ("", "a", "a/b.png", "A.png", "ä.png", ".png", "a.png\n", 1)),
        (MEDIA[0], "type", "text/html"),
        *((MEDIA[0], "size", each) for each in (0, -1, 1_000_000_001, True, None)),
        *((MEDIA[0], "is_animated", each) for each in (0, 1, None, "true")),
        *((MEDIA[0], "width", each) for each in (0, 1.5)),
        *((MEDIA[0], "focus_x", each) for each in (-1, 101)),
        *((MEDIA[0], "alt", each) for each in (None, "x" * 1_001)),
        *((PASSKEYS[0], "credential_id", each) for each in ("", "é", "a+/b", "ab==", "abcde", "ab\n")),
        (PASSKEYS[0], "public_key", "a key"),
    ],
)
def test_the_error_about_an_invalid_value_names_the_field(record: Record, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        checked_values(line_of(record, **{field: value}))
    assert refused.value.field.partition(".")[0] in (field, "the line")


@pytest.mark.parametrize("record", [SETTINGS, ANN, TOKENS[0], POST, COMMENT])
def test_every_field_is_required(record: Record) -> None:
    values = json.loads(row_of(record).line)
    for name in values:
        with pytest.raises(Invalid, match="is missing"):
            checked_values(dumped({key: value for key, value in values.items() if key != name}))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'{"kind":"page"}\n',
        b'{"kind":["post"]}\n',
        b'{"kind":"post"\n',
        b"\xff\n",
        b"[" * 100_000 + b"\n",
        b'{"kind":' + b"9" * 5_000 + b"}\n",
        line_of(POST, mood="good"),
        line_of(POST).replace(b'":"', b'": "', 1),
        line_of(POST).replace(b'"version":1', b'"version":1,"version":1'),
        line_of(POST).replace(b"Title", b"\\u0054itle"),
        line_of(POST, updated_at="2024-02-29 12:30:15.123Z"),
        line_of(TOKENS[0], scopes=["posts:write", "admin"]),
        dumped(dict(reversed(json.loads(line_of(POST)).items()))),
        line_of(POST)[:-1],
    ],
)
def test_a_line_that_is_not_canonical_is_refused(line: bytes) -> None:
    with pytest.raises(Invalid):
        checked_values(line)


def test_a_slug_with_letters_of_a_newer_unicode_is_accepted() -> None:
    unknown = "\u088f"  # nothing before Unicode 17
    _, values = checked_values(line_of(POST, slug=f"a-{unknown}"))
    assert values["slug"] == f"a-{unknown}"


def test_a_row_has_a_readable_name() -> None:
    assert [row_of(record).name for record in (SETTINGS, ANN, COMMENT)] == [
        "settings",
        f"user {ANN.id}",
        f"comment {COMMENT.id}",
    ]
    early = a_comment(Id("1" * 24), publication_date=datetime(1, 1, 1, tzinfo=UTC))
    assert row_of(early).key[3] == "0001-01-01T00:00:00.000Z"
    assert MOMENT.tzinfo is UTC


@pytest.mark.parametrize("name", ["Ann\u200b", "a\nb", "\u3164", "\u202eEvil", "\u0301", "\U0001fa77"])
def test_a_name_that_an_older_version_allowed_is_read(name: str) -> None:
    _, values = checked_values(line_of(ANN, name=name, email=f"{name}@example.org"))
    assert (values["name"], values["email"]) == (name, f"{name}@example.org")
