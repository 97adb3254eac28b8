"""docs/archive.md is correct: its example is an archive, and its commands read it without Everpost."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from everpost.domain.record_kinds.registry import KINDS
from tests.unit.transfer.archives import checked

PAGE = (Path(__file__).parents[3] / "docs" / "archive.md").read_text()
BLOCKS = dict(re.findall(r"```(json|python)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"^\$ (.+?)(?: +#.*)?$", PAGE, re.MULTILINE)
EXAMPLE = BLOCKS["json"]
LAST = json.loads(EXAMPLE.splitlines()[-1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example as `blog.jsonl`."""
    (tmp_path / "blog.jsonl").write_text(EXAMPLE)
    return tmp_path


def run(command: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_example_is_an_archive(tmp_path: Path) -> None:
    assert checked(EXAMPLE.encode(), tmp_path).digest.whole == LAST["sha256"]


def test_the_fields_are_those_of_the_registry() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`kind`, .+) \|$", PAGE, re.MULTILINE)
    assert {kind: re.findall(r"`(\w+)`", fields) for kind, fields in rows} == {
        kind.name: list(kind.columns) for kind in KINDS
    }


def test_common_tools_find_the_digests(folder: Path) -> None:
    whole, posts, last = (run(command, folder).split()[0] for command in COMMANDS[:3])
    assert whole == LAST["sha256"]
    assert posts == next(kind["sha256"] for kind in LAST["kinds"] if kind["name"] == "post")
    assert json.loads(last) == LAST


def test_jq_reads_an_archive_where_it_is_installed(folder: Path) -> None:
    commands = [each for each in COMMANDS if each.startswith("jq ")]
    assert len(commands) == 2
    if shutil.which("jq") is not None:
        posts, kinds = (run(command, folder).splitlines() for command in commands)
        assert posts == ["2026-11-22T22:30:00.000Z\tHello"]
        assert [json.loads(kind) for kind in kinds] == [
            [kind["name"], kind["count"]] for kind in LAST["kinds"]
        ]


@pytest.mark.parametrize("name", ["blog.jsonl", "blog.jsonl.gz"])
def test_the_example_program_reads_an_archive(folder: Path, name: str) -> None:
    run("gzip --keep blog.jsonl", folder)
    program = [sys.executable, "-c", BLOCKS["python"], name]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "2026-11-22T22:30:00.000Z Hello\n"
    [file] = (folder / "files").iterdir()
    assert file.read_bytes().startswith(b"\x89PNG")
