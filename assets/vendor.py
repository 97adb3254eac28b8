"""Copies what Everpost serves to browsers into the package, each file under a name with its hash in it.

`make assets` runs this after `npm ci`. The files and their manifest are committed, so that installing
Everpost never needs Node.
"""

import hashlib
import json
from pathlib import Path

HERE = Path(__file__).parent
SWAGGER_UI = HERE / "node_modules" / "swagger-ui-dist"
STATIC = HERE.parent / "src" / "everpost" / "api" / "openapi" / "static"
SERVED = {
    "swagger-ui.css": SWAGGER_UI / "swagger-ui.css",
    "swagger-ui-bundle.js": SWAGGER_UI / "swagger-ui-bundle.js",
    "docs.js": HERE / "docs.js",
}
LICENCES = ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt")


def main() -> None:
    for old in STATIC.iterdir():
        old.unlink()
    version = json.loads((SWAGGER_UI / "package.json").read_text())["version"]
    files = {}
    for name, source in SERVED.items():
        content = source.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        hashed = f"{source.stem}-{digest[:16]}{source.suffix}"
        (STATIC / hashed).write_bytes(content)
        files[name] = {"file": hashed, "sha256": digest}
    for name in LICENCES:
        (STATIC / f"swagger-ui.{name}").write_bytes((SWAGGER_UI / name).read_bytes())
    manifest = {"swagger-ui-dist": version, "files": files}
    (STATIC / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
