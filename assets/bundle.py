"""Bundles the component in which people write, CodeMirror, into one file of the package, with its licences.

`make assets` runs this after `npm ci`. The result is committed, so that installing Everpost never needs Node.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import pages

HERE = Path(__file__).parent
SOURCE = HERE / "text-editor"
MODULES = HERE / "node_modules"
LICENCE = "text-editor.LICENSE.txt"
NOTICE = "CodeMirror, by Marijn Haverbeke and others, under the MIT licence. Made from"


def origin() -> str:
    """The digest of everything from which the bundle is made."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes())
    for file in sorted(SOURCE.iterdir()):
        digest.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def bundled() -> tuple[bytes, str]:
    """The script, and the licences of the packages in it."""
    with tempfile.TemporaryDirectory() as folder:
        out, meta = Path(folder) / "out.js", Path(folder) / "meta.json"
        options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"]
        files = [f"--outfile={out}", f"--metafile={meta}", f"--banner:js=/* {NOTICE} {origin()} */"]
        esbuild = MODULES / ".bin" / "esbuild"
        entry = SOURCE.relative_to(HERE) / "text-editor.js"
        subprocess.run(  # noqa: S603 - ours
            [esbuild, entry, *options, *files, "--log-level=warning"], cwd=HERE, check=True
        )
        (output,) = json.loads(meta.read_text())["outputs"].values()
        return out.read_bytes(), licences(output["inputs"])


def licences(inputs: dict[str, object]) -> str:
    """The licences of the packages that these files belong to."""
    parts = []
    for name in sorted({package for path in inputs if (package := package_of(path))}):
        version = json.loads((MODULES / name / "package.json").read_text())["version"]
        parts.append(f"{name} {version}\n\n{(MODULES / name / 'LICENSE').read_text().strip()}\n")
    return "\n\n".join(parts)


def package_of(path: str) -> str | None:
    """The name of the package, or None for a file of ours."""
    _, found, inside = path.rpartition("node_modules/")
    return "/".join(inside.split("/")[: 2 if inside.startswith("@") else 1]) if found else None


def main() -> None:
    script, licence = bundled()
    pages.write(pages.built() | {"text-editor.js": script})
    (pages.STATIC / LICENCE).write_text(licence)


if __name__ == "__main__":
    main()
