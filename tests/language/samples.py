"""`python -m tests.language.samples REVISION`: passages of that revision, chosen at random, as Markdown.

docs/decisions/0022-language.md has those of 7b27d95, before and after they were reworded. The seed is
fixed, so that nobody chooses the passages that turned out well.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.language.passages import Passage, markdown_passages, python_passages

SEED = 17
OF_EACH_KIND = 4
FEWEST_WORDS = 8
_WORD = re.compile(r"[A-Za-z]{2,}")
KINDS = ("README", "docs", "help", "error", "docstring")


def passages_at(revision: str) -> Iterator[tuple[str, Passage]]:
    """Each passage that is long enough to judge, with its kind."""
    for path in _git("ls-tree", "-r", "--name-only", revision).splitlines():
        if path.endswith(".md") and path != "CHANGELOG.md":
            found = markdown_passages(path, _git("show", f"{revision}:{path}"))
        elif path.startswith("src/everpost/") and path.endswith(".py"):
            found = python_passages(path, _git("show", f"{revision}:{path}"))
        else:
            continue
        for passage in found:
            if len(_WORD.findall(passage.text)) >= FEWEST_WORDS:
                yield _kind_of(passage), passage


def _kind_of(passage: Passage) -> str:
    if passage.kind == "text":
        return "README" if passage.path == "README.md" else "docs"
    return passage.kind


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


def sample(passages: list[tuple[str, Passage]]) -> Iterator[tuple[str, Passage]]:
    """The same number of each kind, in the order of the files."""
    chance = random.Random(SEED)
    for kind in KINDS:
        of_kind = [passage for each, passage in passages if each == kind]
        chosen = chance.sample(of_kind, OF_EACH_KIND)
        yield from ((kind, passage) for passage in sorted(chosen, key=lambda each: (each.path, each.line)))


def main(revision: str) -> None:
    for number, (kind, passage) in enumerate(sample(list(passages_at(revision))), 1):
        text = " ".join(passage.text.split())
        sys.stdout.write(f"{number}. {kind}, `{passage.path}`, line {passage.line}\n\n   > {text}\n\n")


if __name__ == "__main__":
    main(sys.argv[1])
