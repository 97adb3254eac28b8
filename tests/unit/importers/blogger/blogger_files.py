"""Files in Blogger's formats, written for the tests: the backup, and the feed of Google Takeout."""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

BLOG = "tag:blogger.com,1999:blog-7"
_KIND = "http://schemas.google.com/blogger/2008/kind#"


def post_id(number: int) -> str:
    return f"{BLOG}.post-{number}"


def write_backup(path: Path, *entries: str) -> Path:
    """A backup as Settings, Back up content wrote it until 2024."""
    path.write_text(
        f"""<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet href="feed.css" type="text/css"?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'
  xmlns:georss='http://www.georss.org/georss' xmlns:gd='http://schemas.google.com/g/2005'
  xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:media='http://search.yahoo.com/mrss/'>
<id>{BLOG}.archive</id><updated>2024-06-01T10:00:00.000-04:00</updated><title type='text'>A blog</title>
<link rel='http://schemas.google.com/g/2005#feed' type='application/atom+xml' href='http://blog.example/feeds/archive'/>
<author><name>Ada</name><uri>http://www.blogger.com/profile/1</uri><email>noreply@blogger.com</email></author>
<generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>
{"".join(entries)}
</feed>""",
        encoding="utf-8",
    )
    return path


def backup_entry(number: int = 1, kind: str = "post", *parts: str, **values: str) -> str:
    """An entry of a backup; keywords override values: `title`, `published`, ..."""
    texts = {
        "id": post_id(number),
        "published": "2024-01-31T22:00:00.000-05:00",
        "updated": "2024-02-01T10:00:00.000-05:00",
        "title": "A title" if kind != "comment" else "",
        "content": "<p>Words</p>" if kind != "comment" else f"Comment {number}",
        "name": "Ada" if kind != "comment" else "Guest",
        "uri": "http://www.blogger.com/profile/1" if kind != "comment" else "",
        "email": "noreply@blogger.com",
        **values,
    }
    return f"""<entry><id>{texts["id"]}</id><published>{texts["published"]}</published>
<updated>{texts["updated"]}</updated>
<category scheme='http://schemas.google.com/g/2005#kind' term='{_KIND}{kind}'/>
<title type='text'>{escape(texts["title"])}</title><content type='html'>{escape(texts["content"])}</content>
<author><name>{escape(texts["name"])}</name><uri>{escape(texts["uri"])}</uri><email>{texts["email"]}</email></author>
{"".join(parts)}</entry>"""


def backup_comment(number: int, post: int, *parts: str, **values: str) -> str:
    """A comment in a backup."""
    reply = f"<thr:in-reply-to href='http://blog.example/a.html' ref='{post_id(post)}' type='text/html'/>"
    return backup_entry(number, "comment", reply, *parts, **values)


def link(relation: str, address: str) -> str:
    return f"<link rel='{relation}' type='text/html' href={quoteattr(address)} title='A title'/>"


def label(name: str) -> str:
    return f"<category scheme='http://www.blogger.com/atom/ns#' term={quoteattr(name)}/>"


DRAFT = "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>"


def write_takeout(path: Path, *entries: str) -> Path:
    """The `feed.atom` of Google Takeout."""
    path.write_text(
        f"""<?xml version='1.0' encoding='utf-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>
<id>{BLOG}</id><title>A blog</title>{"".join(entries)}</feed>""",
        encoding="utf-8",
    )
    return path


_TAKEOUT: Mapping[str, str] = {
    "blogger:type": "POST",
    "blogger:status": "LIVE",
    "title": "A title",
    "blogger:metaDescription": "",
    "blogger:created": "2024-01-30T10:00:00Z",
    "published": "2024-01-31T10:00:00Z",
    "updated": "2024-02-01T10:00:00Z",
    "blogger:location": "",
    "blogger:filename": "",
    "enclosure": "",
    "link": "",
    "blogger:trashed": "",
}


def takeout_entry(number: int = 1, *parts: str, content: str = "<p>Words</p>", **values: str) -> str:
    """An entry of Takeout; keywords override values: `blogger_status` is `blogger:status`, `author_name` the
    author's name, ...
    """
    names = {name.replace("blogger_", "blogger:"): value for name, value in values.items()}
    author = {
        part: names.pop(f"author_{part}", default)
        for part, default in {
            "name": "Ada",
            "uri": "https://www.blogger.com/profile/1",
            "type": "BLOGGER",
        }.items()
    }
    texts = {"id": post_id(number), **_TAKEOUT, **names}
    elements = "".join(
        f"<{name}>{escape(value)}</{name}>" if value else f"<{name}/>" for name, value in texts.items()
    )
    return f"""<entry>{elements}<author><name>{author["name"]}</name><uri>{author["uri"]}</uri>
<blogger:type>{author["type"]}</blogger:type></author>
<content type='html'>{escape(content)}</content>{"".join(parts)}</entry>"""


def takeout_comment(number: int, post: int, **values: str) -> str:
    """A comment in Takeout."""
    texts = {
        "blogger_type": "COMMENT",
        "blogger_parent": post_id(post),
        "blogger_inReplyTo": "",
        "title": "",
        "author_name": "Guest",
        "author_uri": "",
        "author_type": "ANONYMOUS",
        "content": f"Comment {number}",
        **values,
    }
    content = texts.pop("content")
    return takeout_entry(number, content=content, **texts)
