"""The cards in Ghost's posts, which are not words, as HTML.

https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes; kg-default-cards beside it has the
older ones.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Payload = Mapping[str, object]


@dataclass(slots=True)
class Body:
    """A post that is being written as HTML; Markdown, where it has a card of that."""

    parts: list[str] = field(default_factory=list)
    has_markdown: bool = False
    lost: list[str] = field(default_factory=list)
    """The names of what could not be carried."""

    def add(self, part: str) -> None:
        """Write a block of HTML."""
        # A blank line would end the HTML where Markdown stands beside it.
        self.parts.append(part.replace("\n\n", "&#10;&#10;"))

    def add_card(self, name: str, payload: Payload) -> None:
        """Write a card."""
        name = name.removeprefix("card-")
        if name == "markdown":
            self.has_markdown = True
            self.parts.append(words(payload, "markdown"))
        elif name in _ONLY_IN_LETTERS:
            self.lost.append(f"the card {name!r}, which is for newsletters only")
        elif name in _CARDS:
            self.parts.append(_CARDS[name](payload))
        else:
            self.lost.append(f"a card {name[:40]!r}")

    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self.parts) if self.has_markdown else "\n".join(self.parts)


def words(payload: Payload, *names: str) -> str:
    """The first text that is there under one of these names."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def tag(name: str, content: str | None = None, **attributes: str) -> str:
    """An element of HTML; the attributes that have no text are left out."""
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{written}>" if content is None else f"<{name}{written}>{content}</{name}>"


def _figure(content: str, payload: Payload) -> str:
    """With the caption, which is HTML already."""
    caption = words(payload, "caption")
    return tag("figure", content + (tag("figcaption", caption) if caption else ""))


def _image(payload: Payload) -> str:
    image = tag("img", src=words(payload, "src"), alt=words(payload, "alt"), title=words(payload, "title"))
    href = words(payload, "href")
    return _figure(tag("a", image, href=href) if href else image, payload)


def _gallery(payload: Payload) -> str:
    images = payload.get("images")
    shown = [each for each in images if isinstance(each, dict)] if isinstance(images, list) else []
    return _figure(
        "".join(tag("img", src=words(each, "src"), alt=words(each, "alt")) for each in shown), payload
    )


def _code(payload: Payload) -> str:
    language = words(payload, "language")
    kind = {"class": f"language-{language}" if language else ""}
    code = tag("code", html.escape(words(payload, "code"), quote=False), **kind)
    block = tag("pre", code).replace("\n\n", "&#10;&#10;")
    return _figure(block, payload) if words(payload, "caption") else block


def _embed(payload: Payload) -> str:
    url = words(payload, "url")
    return _figure(words(payload, "html") or tag("a", html.escape(url), href=url), payload)


def _bookmark(payload: Payload) -> str:
    metadata = payload.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    url = words(payload, "url") or words(about, "url")
    title = html.escape(words(about, "title") or words(payload, "title") or url)
    description = html.escape(words(about, "description") or words(payload, "description"))
    link = tag("a", title, href=url)
    return _figure(f"{link}<br>{description}" if description else link, payload)


def _button(payload: Payload) -> str:
    text = html.escape(words(payload, "buttonText"))
    return tag("p", tag("a", text, href=words(payload, "buttonUrl")))


def _callout(payload: Payload) -> str:
    emoji = html.escape(words(payload, "calloutEmoji"))
    return tag("aside", f"{emoji} {words(payload, 'calloutText')}".strip())


def _toggle(payload: Payload) -> str:
    return tag("details", tag("summary", words(payload, "heading")) + words(payload, "content"))


def _media(name: str) -> Callable[[Payload], str]:
    def render(payload: Payload) -> str:
        title = html.escape(words(payload, "title"))
        media = tag(name, "", src=words(payload, "src"), poster=words(payload, "thumbnailSrc"))
        return _figure(media.replace(f"<{name}", f"<{name} controls", 1) + title, payload)

    return render


def _file(payload: Payload) -> str:
    title = html.escape(words(payload, "fileTitle", "fileName", "src"))
    link = tag("a", title, href=words(payload, "src"))
    caption = html.escape(words(payload, "fileCaption"))
    return tag("p", f"{link}<br>{caption}" if caption else link)


def _header(payload: Payload) -> str:
    heading = tag("h2", words(payload, "header", "heading"))
    below = words(payload, "subheader", "subheading")
    button = _button(payload) if words(payload, "buttonText") else ""
    return heading + (tag("p", below) if below else "") + button


def _product(payload: Payload) -> str:
    source = words(payload, "productImageSrc")
    image = tag("img", src=source) if source else ""
    url = words(payload, "productUrl")
    link = tag("p", tag("a", html.escape(words(payload, "productButton")), href=url)) if url else ""
    title = tag("h4", words(payload, "productTitle"))
    return image + title + words(payload, "productDescription") + link


def _appeal(payload: Payload) -> str:
    source = words(payload, "imageUrl")
    image = tag("img", src=source) if source else ""
    button = _button(payload) if words(payload, "buttonUrl") else ""
    return tag("aside", image + words(payload, "textValue") + button)


_CARDS: Mapping[str, Callable[[Payload], str]] = {
    "image": _image,
    "gallery": _gallery,
    "code": _code,
    "codeblock": _code,
    "hr": lambda _payload: "<hr>",
    "horizontalrule": lambda _payload: "<hr>",
    "html": lambda payload: words(payload, "html"),
    "embed": _embed,
    "bookmark": _bookmark,
    "button": _button,
    "callout": _callout,
    "toggle": _toggle,
    "video": _media("video"),
    "audio": _media("audio"),
    "file": _file,
    "header": _header,
    "product": _product,
    "call-to-action": _appeal,
}
_ONLY_IN_LETTERS = frozenset({"email", "email-cta", "paywall", "signup"})
"""What readers of the newsletter see, and where they sign up or stop reading for free."""
