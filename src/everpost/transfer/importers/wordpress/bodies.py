"""The content of WordPress's posts, as WordPress displays it."""

import re
from collections.abc import Sequence
from pathlib import Path

from everpost.transfer.importers.formats.xml_files import XmlFile
from everpost.transfer.importers.wordpress.paragraphs import with_paragraphs
from everpost.transfer.importers.wordpress.shortcodes import Picture, convert_shortcodes
from everpost.transfer.importers.wordpress.values import name_of, plain, values_of

_IN_CHANNEL = 2
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)


class Bodies:
    """Converts the content that WordPress's editors store to HTML."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pictures: dict[str, Picture] | None = None
        """By id; None until a post has a gallery."""
        self._pictures_of: dict[str, list[Picture]] = {}
        """By the id of the post that they were uploaded to."""

    def body(self, post_id: str, content: str, changes: list[str]) -> str:
        """The content with its shortcodes and paragraphs as HTML. Raises BrokenFile."""

        def gallery(ids: Sequence[str]) -> Sequence[Picture | None]:
            if self._pictures is None:
                self._pictures = self._read_pictures()
            return [self._pictures.get(each) for each in ids] or self._pictures_of.get(post_id, [])

        converted = convert_shortcodes(content, gallery)
        changes += converted.changes()
        shown = with_paragraphs(converted.content)
        if shown != converted.content:
            changes.append("its paragraphs were marked up, as WordPress does when it displays a post")
        return shown

    def _read_pictures(self) -> dict[str, Picture]:
        pictures: dict[str, Picture] = {}
        for element in XmlFile(self._path).elements(_IN_CHANNEL):
            values = values_of(element)
            url = values.get("wp:attachment_url", "")
            if name_of(element) != "item" or not _PICTURE.search(url):
                continue
            fields = (values_of(child) for child in element if name_of(child) == "wp:postmeta")
            texts = {each.get("wp:meta_key", ""): each.get("wp:meta_value", "") for each in fields}
            text = texts.get("_wp_attachment_image_alt") or plain(values.get("title", ""))
            picture = Picture(url, text, values.get("excerpt:encoded", ""))
            pictures[values.get("wp:post_id", "")] = picture
            self._pictures_of.setdefault(values.get("wp:post_parent", ""), []).append(picture)
        return pictures
