"""Build exports of other systems for the tests."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from everpost.transfer.importers.model import Item, Note, Outcome, SourcePost
from everpost.transfer.importers.wordpress.unsupported_fields import KIND as WXR_FIELDS

Kind = TypeVar("Kind")

GHOST_POST = "64b7114425bee6e3b17baf7c"

_REAL_FILES = "EVERPOST_TEST_IMPORTS"
"""The folder with files of real blogs; by default a folder beside the checkout, if it exists."""


def real_files(*patterns: str) -> Sequence[Path]:
    """The files of real blogs that match; empty if there are none."""
    beside = Path(__file__).parents[4] / "shared" / "fixtures"
    folder = Path(os.environ.get(_REAL_FILES, beside))
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def of_each_real_file(*patterns: str) -> pytest.MarkDecorator:
    """Run a test with the `path` of each of these files. They are not in the repository, since the blogs are
    not ours to publish.
    """
    reason = f"no exports of real blogs here; {_REAL_FILES} names a folder of them"
    none = pytest.param(None, marks=pytest.mark.skip(reason=reason), id="none")
    files = [pytest.param(path, id=path.name) for path in real_files(*patterns)]
    return pytest.mark.parametrize("path", files or [none])


def wxr(*parts: str, version: str = "1.2") -> str:
    """A WordPress export with these authors and items in its channel."""
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" created="2024-06-10 12:29" -->
<rss version="2.0"
    xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:wp="http://wordpress.org/export/{version}/">
<channel>
<title>A blog</title>
<link>https://blog.example</link>
<wp:wxr_version>{version}</wp:wxr_version>
<wp:base_site_url>https://example.org</wp:base_site_url>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
{"".join(parts)}
</channel>
</rss>
"""


def wxr_author(login: str = "ada", *, id: int = 1, email: str = "ada@example.org", name: str = "Ada") -> str:
    return (
        f"<wp:author><wp:author_id>{id}</wp:author_id><wp:author_login>{login}</wp:author_login>"
        f"<wp:author_email>{email}</wp:author_email>"
        f"<wp:author_display_name><![CDATA[{name}]]></wp:author_display_name></wp:author>"
    )


_ITEM = {
    "title": "Title",
    "dc:creator": "ada",
    "content:encoded": "<p>Content</p>",
    "wp:post_date": "2024-06-05 18:04:48",
    "wp:post_date_gmt": "2024-06-05 16:04:48",
    "wp:status": "publish",
    "wp:post_type": "post",
}


def wxr_item(id: int | str = 1, *parts: str, **values: str) -> str:
    """A post with these values instead of the defaults: `wp_status` is `wp:status`."""
    written = {**_ITEM, "wp:post_id": str(id), **_with_colons(values)}
    return f"<item>{_elements(written)}{''.join(parts)}</item>\n"


def wxr_comment(id: int | str = 1, *, parent: int | str = 0, **values: str) -> str:
    """A comment with these values instead of the defaults."""
    written = {
        "wp:comment_id": str(id),
        "wp:comment_author": "Guest",
        "wp:comment_date_gmt": "2024-06-06 10:00:00",
        "wp:comment_content": f"Comment {id}",
        "wp:comment_approved": "1",
        "wp:comment_parent": str(parent),
        **_with_colons(values),
    }
    return f"<wp:comment>{_elements(written)}</wp:comment>"


def wxr_term(name: str, domain: str | None = "category") -> str:
    attribute = "" if domain is None else f' domain="{domain}" nicename="{name.lower()}"'
    return f"<category{attribute}><![CDATA[{name}]]></category>"


def _with_colons(values: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", ":", 1) if "_" in name else name: value for name, value in values.items()}


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())


def ghost(*posts: dict[str, object], **tables: object) -> str:
    """A Ghost export with these posts and other tables, of this `version`."""
    version = tables.pop("version", "5.80.0")
    data = {"posts": list(posts), **tables}
    return json.dumps({"db": [{"meta": {"exported_on": 1, "version": version}, "data": data}]})


def ghost_post(**values: object) -> dict[str, object]:
    """A post with these values instead of the defaults."""
    return {
        "id": GHOST_POST,
        "title": "Title",
        "slug": "a-slug",
        "html": "<p>Content</p>",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "created_at": "2024-06-04T00:00:00.000Z",
        "published_at": "2024-06-05T16:04:48.000Z",
        **values,
    }


def ghost_comment(id: str = "c1", **values: object) -> dict[str, object]:
    return {
        "id": id,
        "post_id": GHOST_POST,
        "html": f"<p>Comment {id}</p>",
        "status": "published",
        "created_at": "2024-06-06T10:00:00.000Z",
        **values,
    }


def of_kind(kind: type[Kind], items: Iterator[Item] | Sequence[Item]) -> list[Kind]:
    """The items of this kind."""
    return [item for item in items if isinstance(item, kind)]


def only_post(items: Iterator[Item]) -> SourcePost:
    """The only post."""
    (post,) = of_kind(SourcePost, items)
    return post


def dropped(items: Iterator[Item]) -> list[tuple[str, str]]:
    """The kind and name of each dropped item, without fields that are reported once per file."""
    return [
        (note.kind, note.name)
        for note in of_kind(Note, items)
        if note.outcome is Outcome.DROPPED and note.kind != WXR_FIELDS
    ]
