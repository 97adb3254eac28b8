"""Converting WordPress's common shortcodes to HTML. Others stay as they are.

https://codex.wordpress.org/Shortcode
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from everpost.transfer.importers.formats.html_tokens import tokens_of

_OPEN = re.compile(
    r"""(?<!\[)\[(?P<name>[a-zA-Z][\w-]*+)(?P<rest>(?:[\s=:](?:[^\[\]"']++|"[^"]*+"|'[^']*+')*+)?)/?\](?![\](])"""
)
_ATTRIBUTE = re.compile(
    r"""([\w-]++)\s{0,9}=\s{0,9}(?:"([^"]*+)"|'([^']*+)'|([^\s"'\]]++))|"([^"]*+)"|'([^']*+)'|(\S++)"""
)
_PROTECTED = frozenset({"pre", "script", "style", "textarea", "code"})
_IMAGE = re.compile(r"\s*+((?:<a\s[^<>]*+>\s*+)?<img\s[^<>]*+>(?:\s*+</a>)?)", re.IGNORECASE)
_AUDIO = ("src", "mp3", "m4a", "ogg", "wav", "wma")
_VIDEO = ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv")
_BLOCK = re.compile(r"<!-- wp:([a-z][\w/-]*+)([^<>]*+)>")
_URL = re.compile(r"https?://[^\s|\"'<>\]]+")
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the same export."""

    url: str
    text: str
    caption: str = ""


Gallery = Callable[[Sequence[str]], Sequence[Picture | None]]
"""The pictures with these ids; without ids, all pictures of the post."""


@dataclass(slots=True)
class Conversion:
    """A post after the conversion of its shortcodes."""

    content: str
    converted: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    """The names of the shortcodes that stay text."""
    missing_pictures: int = 0
    """The number of pictures of galleries that are not in the file."""

    def changes(self) -> list[str]:
        """Descriptions of the changes."""
        changes: list[str] = []
        if self.converted:
            changes.append("shortcodes became HTML: " + _listed(self.converted))
        if self.left:
            changes.append("shortcodes stay as text: " + _listed(self.left))
        if self.missing_pictures:
            changes.append(f"pictures of galleries that are not in the file: {self.missing_pictures:,}")
        blocks = {found[1] for found in _BLOCK.finditer(self.content) if found[2].endswith("/--")}
        if blocks:
            changes.append("blocks that WordPress fills in stay empty: " + _listed(blocks))
        return changes


def convert_shortcodes(content: str, gallery: Gallery) -> Conversion:
    """Convert the known shortcodes in a content to HTML."""
    conversion = Conversion(content)
    if "[" not in content:
        return conversion
    protected = _Protected(content)
    written: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for found in _OPEN.finditer(content):
        if found.start() < position or found.start() in protected:
            continue
        name = found["name"].lower()
        inside, end = _inside(content, found, unclosed)
        code = _Shortcode(name, _attributes(found["rest"]), inside)
        rendered = _CODES[name](code, gallery, conversion) if name in _CODES else None
        if rendered is not None:
            written += [content[position : found.start()], rendered]
            position = end
            conversion.converted.add(name)
        elif name in _CODES or inside is not None or _looks_like_one(found):
            conversion.left.add(name)
    conversion.content = "".join([*written, content[position:]])
    return conversion


@dataclass(frozen=True, slots=True)
class _Shortcode:
    name: str
    attributes: Mapping[str, str]
    """The keys of attributes without a name are their positions."""
    inside: str | None


_Renderer = Callable[[_Shortcode, Gallery, Conversion], str | None]


class _Protected:
    """The ranges of a content in which nothing is a shortcode."""

    def __init__(self, content: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        position = 0
        code = -1
        for token in tokens_of(content):
            end = position + len(token.text)
            if token.name == "code" and not token.is_whole:
                if token.is_end and code >= 0:
                    self._add(code, position)
                code = -1 if token.is_end else code if code >= 0 else position
            elif token.name and code < 0:  # tags, comments and preformatted text
                self._add(position, end)
            position = end

    def _add(self, start: int, end: int) -> None:
        self._starts.append(start)
        self._ends.append(end)

    def __contains__(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]


def _inside(content: str, found: re.Match[str], unclosed: set[str]) -> tuple[str | None, int]:
    """The content that a shortcode encloses, or None, and where the shortcode ends. `unclosed` has the names
    that have no end tag in the rest of the content.
    """
    name = found["name"]
    if name in unclosed or found[0].endswith("/]"):
        return None, found.end()
    end = content.find(f"[/{name}]", found.end())
    if end < 0:
        unclosed.add(name)
        return None, found.end()
    return content[found.end() : end], end + len(name) + 3


def _attributes(text: str) -> Mapping[str, str]:
    attributes: dict[str, str] = {}
    for number, found in enumerate(_ATTRIBUTE.finditer(text.lstrip(" =:\t\n").rstrip(" /"))):
        value = next((each for each in found.groups()[1:] if each is not None), "")
        attributes[(found[1] or str(number)).lower()] = html.unescape(value)
    return attributes


def _looks_like_one(found: re.Match[str]) -> bool:
    """Whether text in brackets is a shortcode rather than prose: it has attributes, or only a name."""
    return found["name"].islower() and (not found["rest"].strip() or "=" in found["rest"])


def _listed(names: set[str]) -> str:
    listed = sorted(names)
    more = len(listed) - _MOST_NAMES
    return ", ".join(name[:40] for name in listed[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _caption(code: _Shortcode, _gallery: Gallery, _conversion: Conversion) -> str | None:
    image = _IMAGE.match(code.inside or "")
    if image is None:
        return None
    caption = code.attributes.get("caption") or (code.inside or "")[image.end() :].strip()
    classes = html.escape(f"wp-caption {code.attributes.get('align', '')}".strip())
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="{classes}">{image[1]}{below}</figure>'


def _pictures(code: _Shortcode, gallery: Gallery, conversion: Conversion) -> str | None:
    wanted = code.attributes.get("ids") or code.attributes.get("include") or ""
    found = gallery([each for each in re.split(r"[\s,]+", wanted) if each])
    shown = [picture for picture in found if picture is not None]
    if not shown:
        return None
    conversion.missing_pictures += len(found) - len(shown)
    return f'<figure class="gallery">{"".join(map(_picture, shown))}</figure>'


def _picture(picture: Picture) -> str:
    image = f'<img src="{html.escape(picture.url)}" alt="{html.escape(picture.text)}">'
    if not picture.caption:
        return image
    return f"<figure>{image}<figcaption>{picture.caption}</figcaption></figure>"


def _link(url: str) -> str:
    return f'<figure><a href="{html.escape(url)}">{html.escape(url)}</a></figure>'


def _embed(code: _Shortcode, _gallery: Gallery, _conversion: Conversion) -> str | None:
    url = _url(code)
    return None if url is None else _link(url)


def _url(code: _Shortcode) -> str | None:
    """The first URL in a shortcode."""
    for text in (code.inside or "", *code.attributes.values()):
        if found := _URL.search(html.unescape(text)):
            return found[0]
    return None


def _site(start: str, number: str) -> _Renderer:
    """A renderer for videos of a site, by URL or by number."""
    pattern = re.compile(number)

    def render(code: _Shortcode, _gallery: Gallery, _conversion: Conversion) -> str | None:
        if url := _url(code):
            return _link(url)
        for text in (code.inside or "", code.attributes.get("id", ""), code.attributes.get("0", "")):
            if pattern.fullmatch(text.strip()):
                return _link(start + text.strip())
        return None

    return render


def _media(element: str, names: Sequence[str]) -> _Renderer:
    def render(code: _Shortcode, _gallery: Gallery, _conversion: Conversion) -> str | None:
        sources = [code.attributes[name] for name in names if code.attributes.get(name)]
        if not sources and (url := _url(code)):
            sources = [url]
        if not sources:
            return None
        poster = code.attributes.get("poster", "")
        shown = f' poster="{html.escape(poster)}"' if poster else ""
        inside = "".join(f'<source src="{html.escape(source)}">' for source in dict.fromkeys(sources))
        return f"<figure><{element} controls{shown}>{inside}</{element}></figure>"

    return render


def _source_code(code: _Shortcode, _gallery: Gallery, _conversion: Conversion) -> str | None:
    if code.inside is None:
        return None
    language = code.attributes.get("language") or code.attributes.get("lang") or ""
    kind = f' class="language-{html.escape(language)}"' if language else ""
    # WordPress stores the code with HTML entities, or as it was typed.
    text = code.inside.strip("\n").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre><code{kind}>{text}</code></pre>"


_CODES: Mapping[str, _Renderer] = {
    "caption": _caption,
    "wp_caption": _caption,
    "gallery": _pictures,
    "embed": _embed,
    "audio": _media("audio", _AUDIO),
    "video": _media("video", _VIDEO),
    "youtube": _site("https://www.youtube.com/watch?v=", r"[\w-]{11}"),
    "vimeo": _site("https://vimeo.com/", r"\d{1,12}"),
    "code": _source_code,
    "sourcecode": _source_code,
    "source": _source_code,
}
