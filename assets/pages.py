"""Writes the styles, scripts and icon of the pages into the package, each under a name with its hash in it.

`make assets` runs this. The results are committed, so that installing Everpost builds nothing. The styles
are plain CSS, one file for each door, so removing comments and spaces is all that a bundler could do.
"""

import hashlib
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = (HERE / "blog", HERE / "desk")
BUNDLES = ("text-editor.js",)
"""What `bundle.py` writes, which needs Node."""
STATIC = HERE.parent / "src" / "everpost" / "web" / "static"


def minified(css: str) -> str:
    """The style sheet without comments and insignificant spaces."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r"([{;][\w-]+): ", r"\1:", css)
    return css.replace(";}", "}").strip()


def built() -> dict[str, bytes]:
    """Each served file by its name."""
    files = {}
    for source in sorted(file for folder in SOURCES for file in folder.iterdir()):
        text = source.read_text()
        files[source.name] = (minified(text) if source.suffix == ".css" else text.strip()).encode()
    return files


def write(files: dict[str, bytes]) -> None:
    """Write these files and their manifest, and delete what `make assets` wrote before."""
    for old in (*STATIC.glob("*.css"), *STATIC.glob("*.js"), *STATIC.glob("*.svg")):
        old.unlink()
    manifest = {}
    for name, content in files.items():
        stem, _, suffix = name.partition(".")
        manifest[name] = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
        (STATIC / manifest[name]).write_bytes(content)
    (STATIC / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main() -> None:
    before: dict[str, str] = json.loads((STATIC / "manifest.json").read_text())
    kept = {name: (STATIC / before[name]).read_bytes() for name in BUNDLES if name in before}
    write(built() | kept)


if __name__ == "__main__":
    main()
