"""Template tags become Markdown if it can express them; the others are reported."""

from pathlib import Path

import pytest

from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import SourcePost
from tests.unit.importers.markdown.folders import write_folder

SITE = {
    "_config.yml": "baseurl: /blog\nurl: https://a.example\ntitle: A site",
    "_posts/2020-01-02-other.md": "---\ntitle: Other\n---\n",
    "_posts/deep/2020-01-03-deep.md": "---\ntitle: Deep\nslug: The Deep\n---\n",
    "trip/index.md": "---\ntitle: Trip\ndate: 2020-01-02\n---\n",
}


def converted(folder: Path, text: str, place: str = "_posts/2020-01-01-a.md") -> SourcePost:
    """The post with this text, in a folder with others."""
    header = "---\ntitle: A\ndate: 2020-01-01\n---\n"
    items = list(read_markdown(write_folder(folder, SITE | {place: header + text}), pages=True))
    [post] = [item for item in items if isinstance(item, SourcePost) and item.source_id == place]
    return post


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("{% highlight ruby %}\na = 1\n{% endhighlight %}\n", "```ruby\na = 1\n```\n"),
        ("{% highlight ruby linenos %}\n  a\n\n  b\n{% endhighlight %}", "```ruby\n  a\n\n  b\n```"),
        ("{%- highlight c++ -%}\r\na\r\n{%- endhighlight -%}", "```c++\na\n```"),
        ("{% highlight md %}\n```\na\n```\n{% endhighlight %}", "````md\n```\na\n```\n````"),
        ("{% highlight sh %}{{ a }}{% endhighlight %}", "```sh\n{{ a }}\n```"),
        ("- a\n  {% highlight sh %}\n  b\n  {% endhighlight %}\n", "- a\n  ```sh\n  b\n  ```\n"),
        ("a {% highlight sh %}b{% endhighlight %} c", "a \n\n```sh\nb\n```\n\n c"),
        ('{{< highlight go "linenos=table" >}}\na\n{{< /highlight >}}', "```go\na\n```"),
        ("{{% highlight go %}}\na\n{{% /highlight %}}", "```go\na\n```"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("{% verbatim %}{% a %}{% endverbatim %}", "{% a %}"),
        ("{% raw %}```\n{{ a }}\n```{% endraw %}", "```\n{{ a }}\n```"),
        ("a{% comment %}secret{% endcomment %}b", "ab"),
        ('{{< figure src="a.png" >}}', "![](a.png)"),
        ("{{< figure src='/a b.png' alt=\"An [a]\" >}}", "![An \\[a\\]](/a%20b.png)"),
        ('{{< figure src="a.png" title="T" link="/b" caption="C" >}}', '[![C](a.png "T")](/b)\n*C*'),
        ("[a]({% post_url 2020-01-02-other %})", "[a](/other)"),
        ("[a]({% post_url deep/2020-01-03-deep %})", "[a](/the-deep)"),
        ("[a]({% link _posts/2020-01-02-other.md %})", "[a](/other)"),
        ('[a]({{< ref "trip" >}})', "[a](/trip)"),
        ('[a]({{< relref "/trip/index.md#b" >}})', "[a](/trip#b)"),
        ('[a]({{% relref path="trip" lang="en" %}})', "[a](/trip)"),
        ('[a]({{< ref "#b" >}})', "[a](#b)"),
        ("[a]({{ site.baseurl }}/b.html)", "[a](/blog/b.html)"),
        ("[a]({{site.url}}{{site.baseurl}}/b)", "[a](https://a.example/blog/b)"),
        ('[a]({{ "/b.png" | relative_url }})', "[a](/blog/b.png)"),
        ("[a]({{ '/b' | absolute_url }})", "[a](https://a.example/blog/b)"),
        ("[a]({{ '/b' | prepend: site.baseurl }})", "[a](/blog/b)"),
        ("{{ site.title }}", "A site"),
        ("{{< youtube w7Ft2ymGmfc >}}", "<https://www.youtube.com/watch?v=w7Ft2ymGmfc>"),
        ('{{< youtube id="w7Ft2ymGmfc" autoplay=true >}}', "<https://www.youtube.com/watch?v=w7Ft2ymGmfc>"),
        ('{{ youtube(id="w7Ft2ymGmfc") }}', "<https://www.youtube.com/watch?v=w7Ft2ymGmfc>"),
        ("{% youtube w7Ft2ymGmfc %}", "<https://www.youtube.com/watch?v=w7Ft2ymGmfc>"),
        ("{{< vimeo 146022717 >}}", "<https://vimeo.com/146022717>"),
        ("{% gist ann/5555251 %}", "<https://gist.github.com/ann/5555251>"),
        ("{{< gist ann 5555251 >}}", "<https://gist.github.com/ann/5555251>"),
        ('{{< x user="ann" id="12" >}}', "<https://x.com/ann/status/12>"),
    ],
)
def test_a_tag_becomes_markdown(tmp_path: Path, text: str, content: str) -> None:
    post = converted(tmp_path, text)
    assert post.content == content
    assert any(change.startswith("template tags were converted: ") for change in post.changes)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{% include a.html %}", "{% include %}"),
        ("{{ page.title }}", "{{ page.title }}"),
        ("{{< unknown a >}}b{{< /unknown >}}", "{{< unknown >}}"),
        ("{% post_url 2020-01-09-nowhere %}", "{% post_url %}"),
        ('{{< ref "nowhere.md" >}}', "{{< ref >}}"),
        ("{{< figure >}}", "{{< figure >}}"),
        ("{{< youtube a/../b >}}", "{{< youtube >}}"),
        ("{{ '/a' | upcase }}", "{{ path }}"),
        ("{% highlight a %} without an end", "{% highlight %}"),
        ("{% for a in b %}{{ a }}{% endfor %}", "{% for %}, {{ a }}"),
        ("{% include a %}{% include b %}", "{% include %} (2)"),
        ('{{ gallery(of="a") }}', "{{ gallery }}"),
    ],
)
def test_other_tags_are_kept_and_reported(tmp_path: Path, text: str, name: str) -> None:
    post = converted(tmp_path, text)
    assert post.content == text
    assert post.changes == (f"template tags stay as text: {name}",)


@pytest.mark.parametrize(
    "text",
    [
        "```\n{% raw %}{{ a }}{% endraw %}\n```\n",
        "~~~ liquid\n{% post_url 2020-01-02-other %}\n~~~\n",
        "````\n```\n{{< youtube a >}}\n```\n````\n",
        "- a\n  ```\n  {{< youtube a >}}\n  ```\n",
        "> ```\n> {{< youtube a >}}\n> ```\n",
        "```\n{{< youtube a >}}\nwithout an end",
        "Write `{% raw %}` and `{{ site.baseurl }}`.",
        "Write ``a ` {{< youtube a >}}``.",
        "`a\n{{< youtube a >}}`",
        "{{</* youtube a */>}}",
        "{{",
        "{% %}",
        "{{ }}",
        "{{< >}}",
        "a { b }",
        "{{ a",
    ],
)
def test_code_is_not_changed(tmp_path: Path, text: str) -> None:
    post = converted(tmp_path, text)
    assert (post.content, post.changes) == (text, ())


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("`a {{< vimeo 1 >}}", "`a <https://vimeo.com/1>"),
        ("`a\n\n{{< vimeo 1 >}}`", "`a\n\n<https://vimeo.com/1>`"),
        ("``` a ``` {{< vimeo 1 >}}", "``` a ``` <https://vimeo.com/1>"),
        ("```\na\n```\n{{< vimeo 1 >}}", "```\na\n```\n<https://vimeo.com/1>"),
    ],
)
def test_tags_in_text_that_only_looks_like_code_are_converted(
    tmp_path: Path, text: str, content: str
) -> None:
    assert converted(tmp_path, text).content == content


def test_lost_arguments_of_a_tag_are_reported(tmp_path: Path) -> None:
    post = converted(
        tmp_path, '{{< figure src="a" width="9" >}}\n\n{% highlight c linenos %}\na\n{% endhighlight %}'
    )
    assert "tag arguments were dropped: figure width, highlight linenos" in post.changes


def test_tags_in_html_become_html(tmp_path: Path) -> None:
    code = "{% highlight c %}\na < b\n{% endhighlight %}"
    text = f"{code}\n<a href='{{% post_url 2020-01-02-other %}}'>\n{{{{< vimeo 1 >}}}}"
    post = converted(tmp_path, text, "_posts/2020-01-01-a.html")
    assert post.content == (
        '<pre><code class="language-c">a &lt; b\n</code></pre>\n'
        "<a href='/other'>\n"
        '<a href="https://vimeo.com/1">https://vimeo.com/1</a>'
    )
