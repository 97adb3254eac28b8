"""The files that pages load: built from `assets/` by `make assets`, and those of a theme."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import HTTPException, Request, Response

from everpost.errors import Misconfigured
from everpost.web.pages import accepts_gzip, compressed

STATIC = Path(__file__).parent / "static"
_IMMUTABLE = "public, max-age=31536000, immutable"
_SCRIPT = {".js": "text/javascript"}
_TEXTS = {".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_MEDIA_TYPES = _TEXTS | {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Asset:
    """A file that never changes under its name."""

    media_type: str
    body: bytes

    @cached_property
    def compressed(self) -> bytes:
        return compressed(self.body)


class Assets:
    """The files by the paths under which they are served. A file of the theme replaces the default one of the
    same name. Raises Misconfigured for a file of a kind that pages cannot load.
    """

    def __init__(self, theme: Path | None = None) -> None:
        names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text())
        self.default_names: Mapping[str, str] = names
        """As `names`, without the theme."""
        self.files = {name: _read(STATIC / name) for name in names.values()}
        """By the served path."""
        if theme is not None:
            found = _files_of(theme / STATIC.name)
            folder = f"theme-{_digest(found)}"  # one for all: they may refer to each other
            names = names | {name: f"{folder}/{name}" for name in found}
            self.files |= {f"{folder}/{name}": asset for name, asset in found.items()}
        self.names: Mapping[str, str] = names
        """The served path of each file."""


async def send_asset(request: Request, name: str) -> Response:
    """A file of the pages."""
    assets: Assets = request.app.state.presentations.assets
    if (asset := assets.files.get(name)) is None:
        raise HTTPException(404)
    headers = {"cache-control": _IMMUTABLE}
    body = asset.body
    if asset.media_type in (_TEXTS | _SCRIPT).values():
        headers["vary"] = "Accept-Encoding"
        if accepts_gzip(request.headers.get("accept-encoding", "").encode("latin-1")):
            body, headers["content-encoding"] = asset.compressed, "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)


def _files_of(folder: Path) -> dict[str, Asset]:
    """The files below the folder by their paths in it. Hidden ones are ignored."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in name.split("/")):
            if path.suffix not in _MEDIA_TYPES:
                kinds = ", ".join(_MEDIA_TYPES)
                raise Misconfigured(
                    f"EVERPOST_THEME: {STATIC.name}/{name}: its name must end in one of {kinds}"
                )
            found[name] = _read(path)
    return found


def _read(path: Path) -> Asset:
    return Asset((_MEDIA_TYPES | _SCRIPT)[path.suffix], path.read_bytes())


def _digest(files: Mapping[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(f"{name}\0{len(asset.body)}\0".encode() + asset.body)
    return digest.hexdigest()[:16]
