"""Nothing is lost silently: each documented field of a generator is imported or reported.

https://jekyllrb.com/docs/front-matter/, https://gohugo.io/content-management/front-matter/,
https://www.getzola.org/documentation/content/page/, https://docs.getpelican.com/en/latest/content.html,
https://www.11ty.dev/docs/data-configuration/
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Item, Note, SourceAuthor, SourcePost
from tests.unit.importers.markdown.folders import write_folder

JEKYLL = {
    "layout": "post",
    "permalink": "/2020/01/02/a-slug.html",
    "published": "false",
    "date": "2020-01-02 10:00:00 +0000",
    "category": "one",
    "categories": "[two, three]",
    "tags": "[four]",
    "title": "A title",
    "author": "Ann",
    "excerpt": "Short",
    "excerpt_separator": "<!--more-->",
    "description": "Words",
    "image": "a.png",
    "last_modified_at": "2020-02-03",
    "redirect_from": "/old",
    "lang": "en",
}
HUGO = {
    "aliases": "[/old]",
    "build": "{render: never}",
    "cascade": "{draft: true}",
    "date": "2020-01-02T10:00:00Z",
    "description": "Words",
    "draft": "true",
    "expiryDate": "2021-01-01",
    "headless": "true",
    "isCJKLanguage": "true",
    "keywords": "[one]",
    "lastmod": "2020-02-03",
    "layout": "post",
    "linkTitle": "Short",
    "markup": "goldmark",
    "menus": "main",
    "modified": "2020-02-04",
    "outputs": "[html]",
    "params": "{author: Ann}",
    "pubdate": "2020-01-05",
    "publishDate": "2020-01-03",
    "published": "2020-01-04",
    "resources": "[{src: a.png}]",
    "sitemap": "{disable: true}",
    "sites": "{}",
    "slug": "a-slug",
    "summary": "Short",
    "title": "A title",
    "translationKey": "key",
    "type": "blog",
    "unpublishdate": "2021-01-02",
    "url": "/a/the-end/",
    "weight": "3",
    "tags": "[four]",
    "categories": "[one]",
    "series": "[five]",
}
ZOLA = {
    "title": "A title",
    "description": "Words",
    "date": "2020-01-02",
    "updated": "2020-02-03",
    "weight": "3",
    "draft": "true",
    "render": "false",
    "slug": "a-slug",
    "path": "a/the-end",
    "aliases": "[old]",
    "authors": "[Ann, Ben]",
    "in_search_index": "false",
    "template": "page.html",
    "taxonomies": "{tags: [four], categories: [one], series: [five]}",
    "extra": "{image: a.png}",
}
PELICAN = {
    "Title": "A title",
    "Date": "2020-01-02 10:00",
    "Modified": "2020-02-03",
    "Tags": "four, five",
    "Keywords": "one",
    "Category": "one",
    "Slug": "a-slug",
    "Author": "Ann",
    "Authors": "Ann, Ben",
    "Summary": "Short",
    "Lang": "en",
    "Translation": "false",
    "Status": "hidden",
    "Template": "post",
    "Save_as": "a.html",
    "Url": "b/the-end.html",
}
ELEVENTY = {
    "title": "A title",
    "date": "2020-01-02",
    "permalink": "/a/the-end/",
    "layout": "post.njk",
    "pagination": "{data: a, size: 1}",
    "tags": "[four]",
    "templateEngineOverride": "md",
    "eleventyExcludeFromCollections": "true",
    "eleventyComputed": "{a: b}",
    "eleventyNavigation": "{key: a}",
    "eleventyImport": "{}",
    "dynamicPermalink": "false",
    "permalinkBypassOutputDir": "true",
    "override:tags": "[five]",
}


def written(items: list[Item]) -> str:
    """The posts and the report as text."""
    words: list[str] = []
    for item in items:
        if isinstance(item, SourcePost):
            words += [item.title, item.slug or "", *item.tags, *item.changes, str(item.publication_date)]
            words += [item.summary or "", *item.paths]
            words += [str(item.updated_at), "published: draft" if item.status is PostStatus.DRAFT else ""]
        elif isinstance(item, SourceAuthor):
            words += [item.name, item.email or ""]
        elif isinstance(item, Note):
            words.append(item.reason)
    return "\n".join(words)


@pytest.mark.parametrize("name", ["JEKYLL", "HUGO", "ZOLA", "PELICAN", "ELEVENTY"])
@pytest.mark.parametrize("is_alone", [False, True])
def test_every_field_is_imported_or_reported(tmp_path: Path, name: str, *, is_alone: bool) -> None:
    fields: Mapping[str, str] = globals()[name]
    texts = [{field: fields[field]} for field in fields] if is_alone else [fields]
    for number, each in enumerate(texts):
        header = {"Title": "A title", "Date": "2020-01-02"} | {key.title(): each[key] for key in each}
        if name != "PELICAN":
            header = {key.lower(): header[key] for key in header} if is_alone else dict(each)
        lines = "".join(f"{key}: {value}\n" for key, value in header.items())
        text = f"{lines}\nText" if name == "PELICAN" else f"---\n{lines}---\nText"
        folder = write_folder(tmp_path / str(number), {"posts/file.md": text})
        report = written(list(read_markdown(folder))).lower()
        silent = [field for field, value in each.items() if not is_reported(field, value, report)]
        assert silent == []


def is_reported(field: str, value: str, report: str) -> bool:
    """Whether the post or the report has the value, or the report names the field."""
    if field.lower() in report:
        return True
    if value.startswith("/") or field.lower() in {"path", "url"}:
        return value.strip("/").rpartition("/")[2].partition(".")[0] in report
    parts = value.strip("[]{}").replace("tags:", "").split(",")
    return all(part.strip(" []{}").lower().replace("t10", " 10")[:10] in report for part in parts)
