"""Limits of uploaded files."""

from dataclasses import dataclass

from everpost.media.refusals import TooLarge

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest files that are accepted."""

    size: int = 20 * _MILLION
    """Bytes of a file."""
    pixels: int = 50 * _MILLION
    """Pixels of a picture, or of one frame of an animation."""
    frames: int = 1_000
    """Frames of an animation, which together may have ten times as many pixels as a picture."""
    profile: int = 4 * _MILLION
    """Bytes of a colour profile, after decompression. Large profiles for print have about 3 MB."""

    def check_size(self, size: int) -> None:
        """Raises TooLarge if a file has more bytes."""
        if size > self.size:
            raise TooLarge(f"This file has {size:,} bytes; at most {self.size:,} are accepted.")

    def check_picture(self, width: int, height: int, frames: int = 1) -> None:
        """Raises TooLarge if a picture has more pixels, or an animation more frames."""
        if width * height > self.pixels:
            raise TooLarge(
                f"This picture has {width:,} x {height:,} pixels; at most {self.pixels:,} are accepted."
            )
        if frames > self.frames:
            raise TooLarge(f"This animation has {frames:,} frames; at most {self.frames:,} are accepted.")
        if width * height * frames > 10 * self.pixels:
            raise TooLarge(
                f"This animation has {frames:,} frames of {width:,} x {height:,} pixels;"
                f" at most {10 * self.pixels:,} pixels are accepted in all."
            )

    def check_profile(self, size: int) -> None:
        """Raises TooLarge if a colour profile has more bytes."""
        if size > self.profile:
            raise TooLarge(f"The colour profile has more than {self.profile:,} bytes.")
