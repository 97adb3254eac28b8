"""The types of files that are accepted."""

from enum import StrEnum


class MediaType(StrEnum):
    """A type of file that browsers can show or play, or that people download.

    Text and archives are not accepted: their content does not tell what they are.
    """

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    AVIF = "image/avif"
    SVG = "image/svg+xml"
    PDF = "application/pdf"
    MP3 = "audio/mpeg"
    M4A = "audio/mp4"
    MP4 = "video/mp4"
    OGG_AUDIO = "audio/ogg"
    OGG_VIDEO = "video/ogg"
    WEBM = "video/webm"

    @property
    def extension(self) -> str:
        """The extension of file names, with its dot."""
        return _EXTENSIONS[self]

    @property
    def is_picture(self) -> bool:
        """Whether files consist of pixels; then they are decoded, and may have variants."""
        return self in _PICTURES

    @property
    def is_inline(self) -> bool:
        """Whether browsers may open the file itself. The others may contain scripts: serve them as downloads
        or under a sandboxing policy. An SVG file is harmless in an `<img>`.
        """
        return self not in {MediaType.SVG, MediaType.PDF}


_EXTENSIONS = {
    MediaType.JPEG: ".jpg",
    MediaType.PNG: ".png",
    MediaType.GIF: ".gif",
    MediaType.WEBP: ".webp",
    MediaType.AVIF: ".avif",
    MediaType.SVG: ".svg",
    MediaType.PDF: ".pdf",
    MediaType.MP3: ".mp3",
    MediaType.M4A: ".m4a",
    MediaType.MP4: ".mp4",
    MediaType.OGG_AUDIO: ".ogg",
    MediaType.OGG_VIDEO: ".ogv",
    MediaType.WEBM: ".webm",
}
_PICTURES = {MediaType.JPEG, MediaType.PNG, MediaType.GIF, MediaType.WEBP, MediaType.AVIF}
