"""Clients that are generated from the OpenAPI document are typed, and work against a running server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from everpost.app import create_api
from everpost.settings import Settings
from tests.faults.served import ADMIN_TOKEN, ServedBlog

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".tools" / "clients" / "bin"
"""Generators in environments of their own, which `make clients` sets up."""
TYPESCRIPT = HERE / "typescript"
TIMEOUT = 240


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The OpenAPI document as a file."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(create_api(Settings(database_url="sqlite:///unused.db")).openapi()))
    return file


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[ServedBlog]:
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path) as blog:
        yield blog


def run(*command: str | Path, folder: Path, **variables: str) -> None:
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_typescript_client_compiles_strictly_and_works(
    tmp_path: Path, document: Path, blog: ServedBlog
) -> None:
    modules, tools = TYPESCRIPT / "node_modules", TYPESCRIPT / "node_modules" / ".bin"
    assert modules.is_dir(), "run: make clients"
    folder = tmp_path / "client"
    folder.mkdir()
    for name in ("package.json", "tsconfig.json", "blog.ts"):
        shutil.copy(TYPESCRIPT / name, folder)
    (folder / "node_modules").symlink_to(modules)
    run(tools / "openapi-typescript", document, "-o", "schema.d.ts", folder=folder)
    run(tools / "tsc", "--project", ".", folder=folder)
    run("node", "blog.js", blog.api, ADMIN_TOKEN, folder=folder)


def test_a_python_client_is_typed_and_works(tmp_path: Path, document: Path, blog: ServedBlog) -> None:
    assert PYTHON.is_dir(), "run: make clients"
    target, path = tmp_path / "everpost_client", f"{PYTHON}{os.pathsep}{os.environ['PATH']}"
    generator = PYTHON / "openapi-python-client"
    config = tmp_path / "config.yaml"
    binary = "application/octet-stream"
    config.write_text(f"content_type_overrides: {{application/zstd: {binary}, '*/*': {binary}}}")
    options = ("--path", document, "--meta", "none", "--output-path", target, "--fail-on-warning")
    run(generator, "generate", *options, "--config", config, folder=tmp_path, PATH=path)
    example = shutil.copy(HERE / "python" / "blog.py", tmp_path / "use_blog.py")
    python = PYTHON / "python"
    types = (
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--follow-imports=silent",
        "--python-executable",
        python,
        example,
    )
    run(sys.executable, *types, folder=tmp_path)
    run(python, example, blog.api, ADMIN_TOKEN, folder=tmp_path)


def test_the_lock_of_the_typescript_client_has_hashes_and_no_addresses() -> None:
    packages = json.loads((TYPESCRIPT / "package-lock.json").read_text())["packages"]
    locked = [package for name, package in packages.items() if name]
    assert all("integrity" in package and "resolved" not in package for package in locked)
