"""Parse the template tags of Liquid, Hugo and Zola, and convert them to Markdown.

https://shopify.github.io/liquid/, https://gohugo.io/shortcodes/,
https://www.getzola.org/documentation/content/shortcodes/
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from everpost.transfer.importers.markdown.template_tags.links import Links

_CLOSINGS = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}"}
_WORD = re.compile(
    r"""(?:(?P<name>[\w.-]+)\s{0,9}[=:]\s{0,9})?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|`(?P<back>[^`]*)`"""
    r"""|(?P<bare>[^\s"'`,()|]+))|(?P<mark>[,()|])"""
)
_NAME = re.compile(r"/?[\w./-]+")
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_ID = re.compile(r"[\w-]{1,80}")
_RUNS = re.compile(r"`+")
_VARIABLES = {"site.baseurl", "site.url"}
_FILTERS = {"relative_url", "absolute_url", "prepend"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, including its braces."""

    name: str
    """The name of the tag, or the first word of an expression."""
    start: int
    end: int
    opening: str
    positional: Sequence[str] = ()
    """The positional arguments."""
    named: Mapping[str, str] = field(default_factory=dict)
    filters: Sequence[str] = ()
    is_end: bool = False

    @property
    def shown(self) -> str:
        """The tag as reports show it."""
        return f"{self.opening} {self.name[:40]} {_CLOSINGS[self.opening]}"

    def get(self, name: str, number: int = 0) -> str:
        """The argument with this name, or else at this position; empty if there is none."""
        return self.named.get(name) or (self.positional[number] if len(self.positional) > number else "")


def read_tag(text: str, start: int, limit: int) -> Tag | None:
    """The tag that begins at this position; None if it does not end before the limit, or has no name, as in
    Hugo's escaped `{{</* … */>}}`.
    """
    opening = next(each for each in _CLOSINGS if text.startswith(each, start))
    closing = text.find(_CLOSINGS[opening], start + len(opening), limit)
    if closing < 0:
        return None
    end = closing + len(_CLOSINGS[opening])
    inside = text[start + len(opening) : closing].strip().strip("-").strip()
    if opening == "{{" and inside.startswith(("'", '"')):
        return _expression(inside, start, end)
    found = _NAME.match(inside)
    if found is None:
        return None
    name = found[0].rstrip("/") or "/"
    rest = inside[found.end() :].removesuffix("/")
    positional, named, filters = _arguments(rest)
    is_end = name.startswith("/") or (opening == "{%" and name.startswith("end"))
    return Tag(name.strip("/"), start, end, opening, positional, named, filters, is_end)


def _expression(inside: str, start: int, end: int) -> Tag | None:
    positional, named, filters = _arguments(inside)
    return Tag("path", start, end, "{{", positional, named, filters) if positional else None


def _arguments(text: str) -> tuple[list[str], dict[str, str], list[str]]:
    positional: list[str] = []
    named: dict[str, str] = {}
    filters: list[str] = []
    is_filter = False
    for found in _WORD.finditer(text):
        if found["mark"]:
            is_filter = is_filter or found["mark"] == "|"
            continue
        value = next(
            v for v in (found["double"], found["single"], found["back"], found["bare"]) if v is not None
        )
        if is_filter:
            filters.append(found["name"] or value)
        elif found["name"]:
            named[found["name"].lower()] = value
        else:
            positional.append(value)
    return positional, named, filters


def convert_tag(
    tag: Tag, inside: str | None, links: Links, place: str, *, is_html: bool
) -> tuple[str | None, Sequence[str]]:
    """The replacement of the tag and its block, or None if it stays; and the arguments that are lost."""
    if tag.name == "highlight" and inside is not None:
        return _code(tag, inside, is_html=is_html)
    if tag.is_end:
        return None, ()
    if tag.opening == "{{":
        return _convert_expression(tag, links, is_html=is_html), ()
    if tag.name in {"ref", "relref", "post_url", "link"}:
        target = tag.named.get("path") or next((word for word in tag.positional if word != "."), "")
        return links.to(target, place), ()
    if tag.name == "figure" and not is_html:
        return _figure(tag)
    return _address(tag, is_html=is_html), ()


def _convert_expression(tag: Tag, links: Links, *, is_html: bool) -> str | None:
    if set(tag.filters) - _FILTERS - _VARIABLES:
        return None
    if tag.name == "path":
        before = links.site_url + links.base_path if "absolute_url" in tag.filters else links.base_path
        return (
            f"{before}/{tag.positional[0].lstrip('/')}" if tag.filters and len(tag.positional) == 1 else None
        )
    if tag.name in _VARIABLES and not tag.filters and not tag.positional:
        return links.base_path if tag.name == "site.baseurl" else links.site_url
    if tag.name.startswith("site.") and not (tag.filters or tag.positional or tag.named):
        return links.setting(tag.name.removeprefix("site.").lower())
    return _address(tag, is_html=is_html) if tag.named or tag.positional else None


def _code(tag: Tag, inside: str, *, is_html: bool) -> tuple[str, Sequence[str]]:
    language = tag.positional[0] if tag.positional and _LANGUAGE.fullmatch(tag.positional[0]) else ""
    lost = [f"{tag.name} {name}" for name in [*tag.positional[1:], *tag.named]]
    code = _trimmed(inside)
    if is_html:
        kind = f' class="language-{html.escape(language)}"' if language else ""
        return f"<pre><code{kind}>{html.escape(code, quote=False)}\n</code></pre>", lost
    longest = max((len(run) for run in _RUNS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}", lost


def _trimmed(code: str) -> str:
    """The code without the empty remainders of the lines of its opening and closing tags."""
    first, mark, rest = code.partition("\n")
    code = rest if mark and not first.strip() else code
    body, mark, last = code.rpartition("\n")
    return body.rstrip("\r") if mark and not last.strip() else code


def _figure(tag: Tag) -> tuple[str | None, Sequence[str]]:
    source = tag.get("src")
    if not source:
        return None, ()
    caption, title = tag.named.get("caption", ""), tag.named.get("title", "")
    alternative = tag.named.get("alt") or caption or title
    shown = f' "{title.replace(chr(34), chr(39))}"' if title else ""
    picture = f"![{_escaped(alternative)}]({_target(source)}{shown})"
    if link := tag.named.get("link"):
        picture = f"[{picture}]({_target(link)})"
    if caption:
        picture += f"\n*{caption.strip()}*"
    known = {"src", "caption", "title", "alt", "link"}
    return picture, [f"figure {name}" for name in tag.named if name not in known]


def _address(tag: Tag, *, is_html: bool) -> str | None:
    """A link to the content that the tag embeds from another site."""
    first, second = tag.get("id"), tag.get("", 1)
    address = {
        "youtube": f"https://www.youtube.com/watch?v={first}",
        "vimeo": f"https://vimeo.com/{first}",
        "gist": f"https://gist.github.com/{tag.get('', 0)}" + (f"/{second}" if second else ""),
        "tweet": f"https://x.com/{tag.get('user')}/status/{tag.get('id', 1)}",
    }.get("tweet" if tag.name in {"x", "twitter"} else tag.name)
    ids = [first, second] if tag.name != "gist" else []
    if (
        address is None
        or not (first or tag.name == "gist")
        or not all(_ID.fullmatch(each) for each in ids if each)
    ):
        return None
    if tag.name in {"tweet", "x", "twitter"} and not (tag.get("user") and tag.get("id", 1)):
        return None
    if tag.name == "gist" and not re.fullmatch(
        r"[\w/-]{1,100}", address.removeprefix("https://gist.github.com/")
    ):
        return None
    return f'<a href="{address}">{address}</a>' if is_html else f"<{address}>"


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", " ".join(text.split()))


def _target(address: str) -> str:
    return quote(address, safe="/:?#[]@!$&'*+,;=%~-._{}")
