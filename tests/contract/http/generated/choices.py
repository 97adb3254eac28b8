"""The resources and values that the calls of a sequence use."""

from hypothesis import strategies as st

from tests.contract.http.memory import Condition, Json, Long
from tests.contract.http.people import PEOPLE, Who

POSTS = [f"{number:024x}" for number in (0xA1, 0xA2, 0xA3, 0xF0F0)]
COMMENTS = [f"{number:024x}" for number in (0xA1, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5)]


def mostly(good: list[Json], bad: list[Json]) -> st.SearchStrategy[Json]:
    """Valid values, and occasionally an invalid one."""
    return st.sampled_from(good * 6 + bad)


GOOD_DATES: list[Json] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-01T00:00:00.0009Z",
    "2026-01-01T00:00:00.0019Z",
    "1969-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
]
"""The first three are one moment."""
TITLES: list[Json] = ["a", "A", "a ", "é", "e\u0301", "Archive", Long("\U0001f30d", 255)]
CONTENTS: list[Json] = [*["", "a", "é", "\ufffe\u2028"] * 3, Long("a", 70_000)]
WORDS: list[Json] = [*["a", "a ", "é"] * 4, Long("\U0001f30d", 20_000)]
"""The longest are rare: whatever is asked then takes its time."""
SLUGS: list[Json] = ["a", "A!", "á", "a\u0301", "aa", " b  b ", "Straße", "strasse", "İ", None]
TAGS: list[Json] = [[], ["a", "A", " a "], ["é", "e\u0301"], ["b", "a"], [Long("\U0001f30d", 50)]]

ids = st.sampled_from([POSTS[0], POSTS[0], POSTS[0], POSTS[1], POSTS[2], POSTS[3]])
comment_ids = st.sampled_from(COMMENTS)
dates = mostly(GOOD_DATES, ["2026-01-01T00:00:00"])
titles = mostly(TITLES, [Long("a", 256), "", "\x00", None])
contents = mostly(CONTENTS, ["\x00", 1])
words = mostly(WORDS, [Long("a", 20_001), "", None])
slugs = mostly(SLUGS, ["!", "archive"])
tags = mostly(TAGS, [[""], ["a"] * 21, None])
conditions: st.SearchStrategy[Condition | None] = st.sampled_from(
    [None, None, None, "latest", "latest", "first", "weak", "both", "any", "other"]
)

formats = mostly(["markdown", "html"], ["text"])
statuses = mostly(["draft", "published", "published"], ["hidden"])
kinds = mostly(["page", "post", "post", "post"], ["draft"])
summaries = mostly(["a", "é ", None, Long("\U0001f30d", 500)], ["", Long("a", 501), "\x00"])
paths = mostly([[], ["/a"], ["/b/", "/%62"], ["/aa", "/a"], ["/é"]], [["a"], ["/?a"], None, ["/a"] * 21])
covers = mostly(
    [None, "", "https://blog.example/é.png", f"/media/{'0' * 64}/a.png", f"/blog/media/{'1' * 64}/a.png"],
    ["/a.png", "ftp://blog.example/a.png", Long("a", 2_001)],
)
policies = mostly(["open", "open", "moderated", "members", "closed", None], ["ajar"])
setting_values = st.fixed_dictionaries(
    {},
    optional={
        "comment_policy": policies,
        "title": mostly(["", "A blog", Long("\U0001f30d", 255)], [Long("a", 256), "\x00", None]),
        "description": mostly(["", "e\u0301\n", Long("\U0001f30d", 500)], [1]),
        "language": mostly(["en", "PT-br", "zh-hant"], ["a b", None]),
        "time_zone": mostly(["UTC", "Europe/Berlin"], ["Europe/Nowhere", "europe/berlin"]),
        "base_url": mostly(["https://Blog.example", None], ["https://blog.example/", "blog.example"]),
        "permalink": mostly(["/{slug}", "/é/{year}/{id}"], ["/{year}", "/tags/{slug}", ""]),
        "navigation": mostly(
            [[], [{"label": " A ", "url": "/a"}, {"label": "é", "url": "https://b.example/é"}]],
            [[{"label": " ", "url": "/a"}], [{"label": "A", "url": "//a"}], None],
        ),
        "posts_per_page": mostly([1, 10, 100], [0, 101, "10", None]),
    },
)
user_ids = mostly([person.user.id for person in PEOPLE.values()], ["0" * 24, None])
people: st.SearchStrategy[Who] = st.sampled_from(
    ["admin", "admin", "editor", "author", "other author", "nobody"]
)

new_posts = st.fixed_dictionaries(
    {"id": ids, "title": titles, "content": contents},
    optional={
        "publication_date": dates,
        "slug": slugs,
        "tags": tags,
        "format": formats,
        "status": statuses,
        "kind": kinds,
        "summary": summaries,
        "paths": paths,
        "cover": covers,
        "comment_policy": policies,
        "author_id": user_ids,
    },
)
post_changes = st.fixed_dictionaries(
    {},
    optional={
        "title": titles,
        "content": contents,
        "publication_date": dates,
        "slug": slugs,
        "tags": tags,
        "format": formats,
        "status": statuses,
        "kind": kinds,
        "summary": summaries,
        "paths": paths,
        "cover": covers,
        "comment_policy": policies,
        "author_id": user_ids,
    },
)
new_comments = st.fixed_dictionaries(
    {"id": comment_ids, "content": words},
    optional={
        "publication_date": dates,
        "parent_id": comment_ids | comment_ids | st.none(),
        "name": mostly(["Gus", " é "], [" ", ""]),
        "website": mostly([""], ["http://spam.example"]),
    },
)
decided = mostly(["approved", "approved", "pending", "spam", "removed", "removed"], ["good"])
rewordings = st.fixed_dictionaries({}, optional={"content": words, "status": decided})
revisions = mostly(["latest", "latest", "first"], ["7-19b77cb8800"])
"""`Memory.body` makes of the words what was seen of the comment."""
decisions: st.SearchStrategy[Json] = st.lists(
    st.fixed_dictionaries({"id": comment_ids, "status": decided, "revision": revisions}),
    min_size=1,
    max_size=4,
)

one_post = ids.map("/posts/{}".format)
one_preview = ids.map("/posts/{}/preview".format)
one_restore = st.builds("/posts/{}/revisions/{}/restore".format, ids, st.integers(1, 3))
past_states = ids.map("/posts/{}/revisions?limit=2".format) | st.builds(
    "/posts/{}/revisions/{}".format, ids, st.integers(1, 3)
)
one_copy = ids.map("/posts/{}/working-copy".format)
typed: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {},
    optional={
        "title": mostly(["", "a", "é\r\n", Long("\U0001f30d", 20_000)], [Long("a", 20_001), "\x00", None]),
        "content": contents,
        "slug": mostly(["", "!", "Half a sl"], [1]),
    },
)
bases: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"etag": mostly(['"1-1-0123456789abcdef"'], ["x"]), "updated_at": dates, "text": typed}
)
copies: st.SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
    {"text": typed}, optional={"base": bases | st.none()}
)
one_thread = ids.map("/posts/{}/comments".format)
one_comment = st.builds("{}/{}".format, one_thread, comment_ids)
filters = st.lists(
    st.sampled_from(
        [
            "tag=a",
            "tag=A",
            "tag=b",
            "tag=%C3%A9",
            "tag=%00",
            "slug=a",
            "slug=t",
            "title=a",
            "title=%C3%89%20t",
            "path=/a",
            "path=/b/",
            "path=a",
            "kind=page",
            "kind=post",
            "status=draft",
            "status=published",
            *(f"author={person.user.id}" for person in PEOPLE.values()),
            "sort=publication_date",
            "sort=updated_at",
            "sort=-updated_at",
        ]
    ),
    max_size=3,
    unique_by=lambda each: each.partition("=")[0],
).map(lambda chosen: "".join(f"&{each}" for each in chosen))
representations = st.sampled_from(
    [*[""] * 6, "&include=html", "&fields=id,html", "&include=html&fields=comments"]
)
page_of_posts = st.builds(
    "/posts?limit={}&skip={}&comments={}&count={}{}{}".format,
    st.sampled_from([1, 1, 2, 2, 0, 100, 2**31]),
    st.sampled_from([0, 0, 1, 10_000]),
    st.sampled_from([10, 2, 1, 0]),
    st.sampled_from(["true", "false"]),
    representations,
    filters,
)
page_of_comments = st.builds(
    "{}?limit={}{}{}".format,
    one_thread,
    st.sampled_from([1, 1, 2, 2, 0, 101, -1]),
    st.sampled_from(["", "", "", "&include=html", "&include=html&fields=id,html,replies"]),
    st.sampled_from(["", "", "&view=tree"]) | comment_ids.map("&view=tree&parent={}".format),
)
queue = st.builds(
    "/comments?limit={}&status={}".format,
    st.sampled_from([1, 2, 100]),
    st.sampled_from(["pending", "approved", "spam", "removed"]),
)
tags_page = st.builds("/tags?limit={}".format, st.sampled_from([1, 2, 100]))
