"""WordPress exports of any size."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

_START = datetime(2010, 1, 1, tzinfo=UTC)
_WORDS = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of"
    " foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light."
)
_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
  <title>A blog</title>
  <link>https://blog.example</link>
  <pubDate>Mon, 04 May 2026 03:02:01 +0000</pubDate>
  <wp:wxr_version>1.2</wp:wxr_version>
  <wp:base_site_url>https://blog.example</wp:base_site_url>
  <wp:base_blog_url>https://blog.example</wp:base_blog_url>
  <wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[ann]]></wp:author_login>
    <wp:author_email><![CDATA[ann@blog.example]]></wp:author_email>
    <wp:author_display_name><![CDATA[Ann Author]]></wp:author_display_name></wp:author>
"""
_POST = """  <item>
    <title><![CDATA[Post {number}]]></title>
    <link>https://blog.example/post-{number}/</link>
    <pubDate>{rfc}</pubDate>
    <dc:creator><![CDATA[ann]]></dc:creator>
    <guid isPermaLink="false">https://blog.example/?p={number}</guid>
    <description></description>
    <content:encoded><![CDATA[{content}]]></content:encoded>
    <excerpt:encoded><![CDATA[]]></excerpt:encoded>
    <wp:post_id>{number}</wp:post_id>
    <wp:post_date><![CDATA[{date}]]></wp:post_date>
    <wp:post_date_gmt><![CDATA[{date}]]></wp:post_date_gmt>
    <wp:post_modified><![CDATA[{date}]]></wp:post_modified>
    <wp:post_modified_gmt><![CDATA[{date}]]></wp:post_modified_gmt>
    <wp:comment_status><![CDATA[open]]></wp:comment_status>
    <wp:ping_status><![CDATA[open]]></wp:ping_status>
    <wp:post_name><![CDATA[post-{number}]]></wp:post_name>
    <wp:status><![CDATA[publish]]></wp:status>
    <wp:post_parent>0</wp:post_parent>
    <wp:menu_order>0</wp:menu_order>
    <wp:post_type><![CDATA[post]]></wp:post_type>
    <wp:post_password><![CDATA[]]></wp:post_password>
    <wp:is_sticky>0</wp:is_sticky>
    <category domain="category" nicename="news"><![CDATA[News]]></category>
    <category domain="post_tag" nicename="tag-{tag}"><![CDATA[Tag {tag}]]></category>
    <wp:postmeta><wp:meta_key><![CDATA[_edit_last]]></wp:meta_key><wp:meta_value><![CDATA[1]]></wp:meta_value></wp:postmeta>
"""
_COMMENT = """    <wp:comment>
      <wp:comment_id>{number}</wp:comment_id>
      <wp:comment_author><![CDATA[Gus Guest]]></wp:comment_author>
      <wp:comment_author_email><![CDATA[gus@guest.example]]></wp:comment_author_email>
      <wp:comment_author_url></wp:comment_author_url>
      <wp:comment_author_IP><![CDATA[192.0.2.1]]></wp:comment_author_IP>
      <wp:comment_date><![CDATA[{date}]]></wp:comment_date>
      <wp:comment_date_gmt><![CDATA[{date}]]></wp:comment_date_gmt>
      <wp:comment_content><![CDATA[{content}]]></wp:comment_content>
      <wp:comment_approved><![CDATA[1]]></wp:comment_approved>
      <wp:comment_type><![CDATA[comment]]></wp:comment_type>
      <wp:comment_parent>{parent}</wp:comment_parent>
      <wp:comment_user_id>0</wp:comment_user_id>
    </wp:comment>
"""


def write_export(path: Path, *, posts: int, comments: int, length: int) -> None:
    """An export of this many posts, each of this many characters, in paragraphs with some markup, and with
    this many comments of 200 characters.
    """
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        content = _content(length)
        for number in range(1, posts + 1):
            moment = _START + timedelta(hours=number)
            values = {"number": number, "date": f"{moment:%Y-%m-%d %H:%M:%S}", "tag": number % 100}
            file.write(_POST.format(**values, rfc=f"{moment:%a, %d %b %Y %H:%M:%S +0000}", content=content))
            for each in range(comments):
                first = (number - 1) * comments + 1
                said_at = moment + timedelta(minutes=each)
                file.write(
                    _COMMENT.format(
                        number=first + each,
                        date=f"{said_at:%Y-%m-%d %H:%M:%S}",
                        content=_WORDS[:200],
                        parent=first + each - 1 if each % 4 == 3 else 0,
                    )
                )
            file.write("  </item>\n")
        file.write("</channel>\n</rss>\n")


def _content(length: int) -> str:
    """Paragraphs as the classic editor writes them: separated by empty lines."""
    parts: list[str] = []
    size = 0
    for part in _paragraphs():
        if size >= length:
            break
        parts.append(part)
        size += len(part) + 2
    return "\n\n".join(parts)[:length]


def _paragraphs() -> Iterator[str]:
    yield from cycle(
        (
            f"{_WORDS} {_WORDS}",
            f'{_WORDS} <a href="https://blog.example/elsewhere/">A link</a>, <em>and more</em>.',
            f"<h2>A heading</h2>\n{_WORDS}\n{_WORDS}",
        )
    )
