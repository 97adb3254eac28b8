"""What was copied into the package is what the lock in `assets/` names."""

import json
from importlib.resources import files
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "assets"
SWAGGER = files("everpost.api") / "swagger"


def locked(package: str) -> dict[str, str]:
    lock = json.loads((ASSETS / "package-lock.json").read_text())
    entry: dict[str, str] = lock["packages"][f"node_modules/{package}"]
    return entry


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ASSETS / "package-lock.json").read_text())
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages)
    assert not any("resolved" in entry for entry in packages)


def test_the_page_of_the_contract_is_of_the_locked_version() -> None:
    bundle = (SWAGGER / "swagger-ui-bundle.js").read_text("utf-8")
    assert f'"{locked("swagger-ui-dist")["version"]}"' in bundle


def test_what_others_wrote_comes_with_its_licence() -> None:
    assert "Apache License" in (SWAGGER / "LICENSE").read_text("utf-8")
    assert "SmartBear" in (SWAGGER / "NOTICE").read_text("utf-8")
