"""The examples of the CommonMark specification."""

import json
import re
from pathlib import Path

from everpost.markup.markdown import post_html

_FILE = Path(__file__).parent / "data" / "commonmark-0.31.2.json"
EXAMPLES: list[tuple[str, str]] = [tuple(pair) for pair in json.loads(_FILE.read_text(encoding="utf-8"))]
WITH_BARE_ADDRESSES = {602, 608, 611, 612}
"""They show that CommonMark leaves bare addresses alone. Autolinks are an extension, as on GitHub."""
_BETWEEN_TAGS = re.compile(r">\n+<")


def test_every_example_is_rendered_as_specified() -> None:
    assert len(EXAMPLES) == 652
    different = {
        number
        for number, (markdown, html) in enumerate(EXAMPLES, 1)
        if _BETWEEN_TAGS.sub("><", post_html(markdown)) != _BETWEEN_TAGS.sub("><", html)
    }
    assert different == WITH_BARE_ADDRESSES


def test_the_other_examples_differ_only_in_links() -> None:
    for number in WITH_BARE_ADDRESSES:
        markdown, html = EXAMPLES[number - 1]
        assert re.sub(r"</?a[^>]*>", "", post_html(markdown)) == html
