"""Pages that the configuration of a site hides become drafts, or are dropped and reported."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.transfer.importers.markdown.configuration.patterns import expressions, globs
from tests.unit.importers.markdown.configurations import HEXO, POST
from tests.unit.importers.markdown.folders import notes_of, posts_of, write_folder

DRAFT, SHOWN, LEFT_OUT = "draft", "published", "left out"
HUGO_PAGES = {"content/blog/a.md": POST, "content/other/b.md": POST}
UNDERSTOOD = "[cascade.target]\npath = "


def outcomes(folder: Path) -> dict[str, str]:
    """The outcome of each page."""
    return {post.source_id.rpartition("/")[2]: post.status.value for post in posts_of(folder)}


@pytest.mark.parametrize(
    ("site", "a", "b"),
    [
        ({"hugo.toml": "[[cascade]]\ndraft = true"}, DRAFT, DRAFT),
        ({"hugo.toml": "[cascade]\ndraft = true"}, DRAFT, DRAFT),
        ({"hugo.yaml": "cascade:\n- build: {render: never}"}, DRAFT, DRAFT),
        ({"config.yaml": "cascade:\n  _build: {list: never}"}, DRAFT, DRAFT),
        ({"hugo.json": '{"cascade": {"headless": true}}'}, DRAFT, DRAFT),
        ({"config/_default/hugo.toml": "[[cascade]]\ndraft = true"}, DRAFT, DRAFT),
        ({"config/_default/cascade.toml": "draft = true", "config/_default/hugo.toml": ""}, DRAFT, DRAFT),
        ({"config/_default/cascade.yaml": "- draft: true", "config/_default/hugo.toml": ""}, DRAFT, DRAFT),
        ({"hugo.toml": "", "config/production/hugo.toml": "[[cascade]]\ndraft = true"}, DRAFT, DRAFT),
        ({"hugo.toml": f"[[cascade]]\ndraft = true\n{UNDERSTOOD}'/blog/**'"}, DRAFT, SHOWN),
        ({"hugo.toml": f"[[cascade]]\ndraft = true\n{UNDERSTOOD}'/BLOG/A'"}, DRAFT, SHOWN),
        ({"hugo.toml": f"[[cascade]]\ndraft = true\n{UNDERSTOOD}'{{/blog,/other}}/**'"}, DRAFT, DRAFT),
        ({"hugo.toml": f"[[cascade]]\ndraft = true\n{UNDERSTOOD}'/@(x)/**'"}, DRAFT, DRAFT),
        ({"hugo.toml": f"[[cascade]]\ndraft = true\n{UNDERSTOOD}'/x/**'"}, SHOWN, SHOWN),
        ({"hugo.toml": "[[cascade]]\ndraft = true\n[cascade.target]\nkind = 'section'"}, SHOWN, SHOWN),
        ({"hugo.toml": "[[cascade]]\ndraft = true\n[cascade.target]\nkind = '{page,section}'"}, DRAFT, DRAFT),
        ({"hugo.toml": "[[cascade]]\ndraft = true\n[cascade.target]\nlang = 'en'"}, DRAFT, DRAFT),
        ({"hugo.toml": "[languages.en]\n[[languages.en.cascade]]\ndraft = true"}, DRAFT, DRAFT),
        ({"hugo.toml": "ignoreFiles = ['blog/']"}, LEFT_OUT, SHOWN),
        ({"hugo.toml": "ignoreFiles = ['content/blog$']"}, LEFT_OUT, SHOWN),
        ({"hugo.toml": "ignoreFiles = ['/a\\.md$', '\\.x$']"}, LEFT_OUT, SHOWN),
        ({"hugo.toml": "ignoreFiles = 'blog/.*'"}, LEFT_OUT, SHOWN),
        ({"hugo.toml": "ignoreFiles = ['(a+)+$']"}, DRAFT, DRAFT),
        ({"hugo.toml": "ignoreFiles = ['[[:alpha:]]x']"}, DRAFT, DRAFT),
        ({"hugo.toml": "ignoreFiles = ['(']"}, DRAFT, DRAFT),
        ({"hugo.toml": "ignoreFiles = ['(', '/a.md']"}, LEFT_OUT, DRAFT),
        ({"hugo.toml": "ignoreFiles = ['\\.x$']"}, SHOWN, SHOWN),
        ({"hugo.toml": "[[module.mounts]]\nsource = 'content'\nexcludeFiles = 'blog/*'"}, DRAFT, DRAFT),
    ],
)
def test_pages_hidden_by_the_configuration_of_hugo(
    tmp_path: Path, site: Mapping[str, str], a: str, b: str
) -> None:
    found = outcomes(write_folder(tmp_path, {**site, **HUGO_PAGES}))
    assert (found.get("a.md", LEFT_OUT), found.get("b.md", LEFT_OUT)) == (a, b)
    reasons = [change for post in posts_of(tmp_path) for change in post.changes] + [
        *notes_of(tmp_path).values()
    ]
    assert reasons or {a, b} == {SHOWN}


def test_a_page_of_hugo_with_draft_false_is_public(tmp_path: Path) -> None:
    page = POST.replace("title: A", "title: A\ndraft: false")
    site = {"hugo.toml": "[[cascade]]\ndraft = true", "content/blog/a.md": page}
    assert outcomes(write_folder(tmp_path, site)) == {"a.md": SHOWN}


@pytest.mark.parametrize(
    ("program", "a", "c"),
    [
        ("DEFAULT_METADATA={'status':'draft'}", DRAFT, DRAFT),
        ("DEFAULT_METADATA = {\n  'status': 'draft',  # until it is done\n}", DRAFT, DRAFT),
        ("DEFAULT_METADATA: dict = {'Status': 'hidden'}", DRAFT, DRAFT),
        ("DEFAULT_METADATA = (('status', 'draft'),)", DRAFT, DRAFT),
        ("DEFAULT_METADATA = dict(status='draft')", DRAFT, DRAFT),
        ("DEFAULT_METADATA = {}\nDEFAULT_METADATA['status'] = 'draft'", DRAFT, DRAFT),
        ("DEFAULT_METADATA = {}\nDEFAULT_METADATA = {'status': 'draft'}", DRAFT, DRAFT),
        ("if True:\n    DEFAULT_METADATA = {'status': 'draft'}", DRAFT, DRAFT),
        ("globals()['DEFAULT_' + 'METADATA'] = {'status': 'draft'}", DRAFT, DRAFT),
        ("from base import *", DRAFT, DRAFT),
        ("from base import DEFAULT_METADATA", DRAFT, DRAFT),
        ("print 'Python 2'\nDEFAULT_METADATA = {'status': 'draft'}", DRAFT, DRAFT),
        ("DEFAULT_METADATA = {'category': 'x'}", SHOWN, SHOWN),
        ("# DEFAULT_METADATA = {'status': 'draft'}", SHOWN, SHOWN),
        ("print 'Python 2'\n# DEFAULT_METADATA", SHOWN, SHOWN),
        ("EXTRA_PATH_METADATA={'secret/c.md':{'status':'draft'}}", SHOWN, DRAFT),
        ("EXTRA_PATH_METADATA={'secret': {'status': 'hidden'}}", SHOWN, DRAFT),
        ("EXTRA_PATH_METADATA={'extra/robots.txt': {'path': 'robots.txt'}}", SHOWN, SHOWN),
        ("EXTRA_PATH_METADATA={x: {'status': 'draft'} for x in y}", DRAFT, DRAFT),
        ("PATH_METADATA = r'(?P<status>\\w+)/.*'", DRAFT, DRAFT),
        ("PATH_METADATA = r'(?P<category>\\w+)/.*'", SHOWN, SHOWN),
        ("FILENAME_METADATA = r'(?P<date>.*)-(?P<slug>.*)'", SHOWN, SHOWN),
        ("PATH_METADATA = pattern()", DRAFT, DRAFT),
        ("IGNORE_FILES = ['c*']", SHOWN, LEFT_OUT),
        ("IGNORE_FILES = ['secret']", SHOWN, LEFT_OUT),
        ("IGNORE_FILES = ['**/.*', '.#*', '__pycache__']", SHOWN, SHOWN),
        ("IGNORE_FILES = [1]", DRAFT, DRAFT),
        ("ARTICLE_EXCLUDES = ['secret']", SHOWN, LEFT_OUT),
        ("ARTICLE_EXCLUDES = PAGE_PATHS + ['secret']", DRAFT, DRAFT),
        ("ARTICLE_PATHS = ['blog']", SHOWN, DRAFT),
        ("ARTICLE_PATHS = ['']", SHOWN, SHOWN),
        ("x = " + "-" * 100_000 + "1\nDEFAULT_METADATA = {}", DRAFT, DRAFT),
        ("x = a" + ".a" * 100_000 + "\nDEFAULT_METADATA = {}", DRAFT, DRAFT),
    ],
)
@pytest.mark.parametrize("name", ["pelicanconf.py", "publishconf.py"])
def test_pages_hidden_by_the_settings_of_pelican(
    tmp_path: Path, name: str, program: str, a: str, c: str
) -> None:
    page = "Title: A\nDate: 2020-01-02\n\nText"
    site = {"pelicanconf.py": "AUTHOR = 'Ann'", name: program}
    site |= {"content/blog/a.md": page, "content/secret/c.md": page}
    site |= {"content/blog/d.md": page.replace("\n\n", "\nStatus: published\n\n")}
    found = outcomes(write_folder(tmp_path, site))
    assert (found.get("a.md", LEFT_OUT), found.get("c.md", LEFT_OUT), found["d.md"]) == (a, c, SHOWN)
    reasons = [change for post in posts_of(tmp_path) for change in post.changes] + [
        *notes_of(tmp_path).values()
    ]
    assert any("draft" in each or "exclude" in each or "not site" in each for each in reasons) or {a, c} == {
        SHOWN
    }


@pytest.mark.parametrize(
    ("pattern", "is_shown"),
    [
        ("blog/ign/**", False),
        ("*secret.md", False),
        ("**/ign/*", False),
        ("blog/**/secret.md", False),
        ("blog/{ign,x}/*", False),
        ("content/blog/ign/", False),
        ("*/other/*", True),
        ("ret.md", True),
    ],
)
def test_pages_ignored_by_zola_are_dropped(tmp_path: Path, pattern: str, *, is_shown: bool) -> None:
    site = {"config.toml": f'base_url = "/"\nignored_content = ["{pattern}"]'}
    site |= {"content/blog/ign/secret.md": POST, "content/blog/a.md": POST}
    assert outcomes(write_folder(tmp_path, site)).get("secret.md", LEFT_OUT) == (
        SHOWN if is_shown else LEFT_OUT
    )
    assert outcomes(tmp_path)["a.md"] == SHOWN
    assert is_shown or any(name.startswith("content/blog/ign") for name in notes_of(tmp_path))


@pytest.mark.parametrize(
    "setting",
    [
        "skip_render: _posts/x.md",
        "skip_render:\n- '_posts/x*'",
        "skip_render: '**/x.md'",
        "exclude: ['_posts/x.md']",
    ],
)
def test_pages_not_rendered_by_hexo_are_dropped(tmp_path: Path, setting: str) -> None:
    site = {"_config.yml": f"{HEXO['_config.yml']}\n{setting}"}
    site |= {"source/_posts/x.md": POST, "source/_posts/a.md": POST}
    assert outcomes(write_folder(tmp_path, site)) == {"a.md": SHOWN}
    assert notes_of(tmp_path)["source/_posts/x.md"] == "the configuration excludes it"


@pytest.mark.parametrize(
    "name",
    [
        "_posts/_2020-01-02-x.md",
        "_posts/.2020-01-02-x.md",
        "_posts/#x.md",
        "_posts/x~.md",
        "_posts/nodate.md",
    ],
)
def test_pages_hidden_by_jekyll_are_not_public(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {"_config.yml": "title: A", "_posts/2020-01-02-a.md": POST, name: POST})
    shown = [post.source_id for post in posts_of(tmp_path) if post.status is PostStatus.PUBLISHED]
    assert shown == ["_posts/2020-01-02-a.md"]


def test_a_partial_of_docusaurus_is_a_draft(tmp_path: Path) -> None:
    site = {"docusaurus.config.js": "", "blog/_partial.md": POST, "blog/a.md": POST}
    assert outcomes(write_folder(tmp_path, site)) == {"_partial.md": DRAFT, "a.md": SHOWN}


@pytest.mark.parametrize(
    "text",
    [
        "(a*)*b",
        "a*a*a*b",
        "(a|a)+b",
        "(?:a+)+b",
        ".{1,99}.{1,99}.{1,99}",
        "a" * 1_000,
        "a?" * 20,
        "(a|a)" * 20,
        "\\\\*" * 3,
        "(a)\\1",
    ],
)
def test_an_expression_that_may_be_slow_is_not_used(text: str) -> None:
    assert expressions([text]).match("a" * 100) is None


def test_patterns_are_fast() -> None:
    start = time.process_time()
    assert globs(["*a" * 90 + "b"]).match("/".join(["a" * 9] * 24)) is False
    assert globs(["{a,b}" * 30]).match("a") is None
    assert expressions([".*a.*b"]).match("a" * 240) is False
    assert time.process_time() - start < 5
