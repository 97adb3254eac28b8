"""Render the cards of Ghost's posts (images, embeds and other blocks) as HTML.

https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes; older cards are in kg-default-cards.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Payload = Mapping[str, object]


@dataclass(slots=True)
class Body:
    """A body under construction: HTML, or Markdown if it contains a Markdown card."""

    parts: list[str] = field(default_factory=list)
    has_markdown: bool = False
    lost: list[str] = field(default_factory=list)
    """Descriptions of content that cannot be imported."""

    def add(self, part: str) -> None:
        """Append a block of HTML."""
        # In Markdown, a blank line would end the block of HTML.
        self.parts.append(part.replace("\n\n", "&#10;&#10;"))

    def add_card(self, name: str, payload: Payload) -> None:
        """Append a card."""
        name = name.removeprefix("card-")
        if name == "markdown":
            self.has_markdown = True
            self.parts.append(text_value(payload, "markdown"))
        elif name in _NEWSLETTER_CARDS:
            self.lost.append(f"the card {name!r}, which is for newsletters only")
        elif name in _CARDS:
            self.parts.append(_CARDS[name](payload))
        else:
            self.lost.append(f"a card {name[:40]!r}")

    def text(self) -> str:
        """The whole body."""
        return "\n\n".join(self.parts) if self.has_markdown else "\n".join(self.parts)


def text_value(payload: Payload, *names: str) -> str:
    """The first of these fields that is a text and not empty; or else an empty text."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def tag(name: str, content: str | None = None, **attributes: str) -> str:
    """An HTML element, without empty attributes."""
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{written}>" if content is None else f"<{name}{written}>{content}</{name}>"


def _figure(content: str, payload: Payload) -> str:
    """A figure with the caption of the card, which is already HTML."""
    caption = text_value(payload, "caption")
    return tag("figure", content + (tag("figcaption", caption) if caption else ""))


def _image(payload: Payload) -> str:
    image = tag(
        "img",
        src=text_value(payload, "src"),
        alt=text_value(payload, "alt"),
        title=text_value(payload, "title"),
    )
    href = text_value(payload, "href")
    return _figure(tag("a", image, href=href) if href else image, payload)


def _gallery(payload: Payload) -> str:
    images = payload.get("images")
    shown = [each for each in images if isinstance(each, dict)] if isinstance(images, list) else []
    return _figure(
        "".join(tag("img", src=text_value(each, "src"), alt=text_value(each, "alt")) for each in shown),
        payload,
    )


def _code(payload: Payload) -> str:
    language = text_value(payload, "language")
    kind = {"class": f"language-{language}" if language else ""}
    code = tag("code", html.escape(text_value(payload, "code"), quote=False), **kind)
    block = tag("pre", code).replace("\n\n", "&#10;&#10;")
    return _figure(block, payload) if text_value(payload, "caption") else block


def _embed(payload: Payload) -> str:
    url = text_value(payload, "url")
    return _figure(text_value(payload, "html") or tag("a", html.escape(url), href=url), payload)


def _bookmark(payload: Payload) -> str:
    metadata = payload.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    url = text_value(payload, "url") or text_value(about, "url")
    title = html.escape(text_value(about, "title") or text_value(payload, "title") or url)
    description = html.escape(text_value(about, "description") or text_value(payload, "description"))
    link = tag("a", title, href=url)
    return _figure(f"{link}<br>{description}" if description else link, payload)


def _button(payload: Payload) -> str:
    text = html.escape(text_value(payload, "buttonText"))
    return tag("p", tag("a", text, href=text_value(payload, "buttonUrl")))


def _callout(payload: Payload) -> str:
    emoji = html.escape(text_value(payload, "calloutEmoji"))
    return tag("aside", f"{emoji} {text_value(payload, 'calloutText')}".strip())


def _toggle(payload: Payload) -> str:
    return tag("details", tag("summary", text_value(payload, "heading")) + text_value(payload, "content"))


def _media(name: str) -> Callable[[Payload], str]:
    def render(payload: Payload) -> str:
        title = html.escape(text_value(payload, "title"))
        media = tag(name, "", src=text_value(payload, "src"), poster=text_value(payload, "thumbnailSrc"))
        return _figure(media.replace(f"<{name}", f"<{name} controls", 1) + title, payload)

    return render


def _file(payload: Payload) -> str:
    title = html.escape(text_value(payload, "fileTitle", "fileName", "src"))
    link = tag("a", title, href=text_value(payload, "src"))
    caption = html.escape(text_value(payload, "fileCaption"))
    return tag("p", f"{link}<br>{caption}" if caption else link)


def _header(payload: Payload) -> str:
    heading = tag("h2", text_value(payload, "header", "heading"))
    below = text_value(payload, "subheader", "subheading")
    button = _button(payload) if text_value(payload, "buttonText") else ""
    return heading + (tag("p", below) if below else "") + button


def _product(payload: Payload) -> str:
    source = text_value(payload, "productImageSrc")
    image = tag("img", src=source) if source else ""
    url = text_value(payload, "productUrl")
    link = tag("p", tag("a", html.escape(text_value(payload, "productButton")), href=url)) if url else ""
    title = tag("h4", text_value(payload, "productTitle"))
    return image + title + text_value(payload, "productDescription") + link


def _call_to_action(payload: Payload) -> str:
    source = text_value(payload, "imageUrl")
    image = tag("img", src=source) if source else ""
    button = _button(payload) if text_value(payload, "buttonUrl") else ""
    return tag("aside", image + text_value(payload, "textValue") + button)


_CARDS: Mapping[str, Callable[[Payload], str]] = {
    "image": _image,
    "gallery": _gallery,
    "code": _code,
    "codeblock": _code,
    "hr": lambda _payload: "<hr>",
    "horizontalrule": lambda _payload: "<hr>",
    "html": lambda payload: text_value(payload, "html"),
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
    "call-to-action": _call_to_action,
}
_NEWSLETTER_CARDS = frozenset({"email", "email-cta", "paywall", "signup"})
"""Cards that only newsletters show, sign-up forms, and the line where free previews end."""
