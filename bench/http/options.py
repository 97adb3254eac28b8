"""What a run is asked for, on the command line."""

import argparse
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import NAMES, find_offer

from bench.http.operations import EVERPOST, LIMIT, OPERATIONS, REFERENCE, TUTORIAL
from bench.http.ratios import RATIOS

KINDS = (EVERPOST, REFERENCE, TUTORIAL, LIMIT)
QUICK = ("one-post", "list-10", "create")
FOR_RATIOS = tuple(dict.fromkeys(ratio.operation for ratio in RATIOS))
SAVED = Path(__file__).parents[1] / "results" / "http.json"


@dataclass(frozen=True)
class Options:
    """One run."""

    stores: Sequence[str]
    operations: Sequence[str]
    subjects: Sequence[str]
    rounds: int
    seconds: int
    in_full: bool
    """Whether to also count round trips, measure with added latency, and keep the results."""
    check: bool
    write: bool
    again: bool


def read_options() -> Options:
    """What the command line says; the process ends where that cannot be done."""
    given = _parser().parse_args()
    short = (QUICK, 1) if given.quick else (FOR_RATIOS, 2) if given.check else (tuple(OPERATIONS), 3)
    return Options(
        stores=given.stores or stores_here(),
        operations=given.operations or short[0],
        subjects=given.subjects or [kind for kind in KINDS if not (given.check and kind == REFERENCE)],
        rounds=given.rounds or short[1],
        seconds=given.seconds,
        in_full=not (given.quick or given.check),
        check=given.check,
        write=given.write,
        again=given.again,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.http", description="How fast Everpost answers; see docs/performance.md."
    )
    add = parser.add_argument
    add("--stores", type=some_of(NAMES), help="default: those that can be had")
    add("--operations", type=some_of(OPERATIONS), help="default: all")
    add("--subjects", type=some_of(KINDS), help="default: all, with --check those of the ratios")
    add("--rounds", type=int, help="default: 3")
    add(
        "--seconds",
        type=int,
        default=1,
        help="for each operation in each round, more for slow ones; default: 1",
    )
    add("--quick", action="store_true", help="a few operations, one round")
    add("--check", action="store_true", help="a short form; fails where a ratio is under bench/floors.toml")
    add("--write", action="store_true", help="write the tables and plots into docs/")
    add("--again", action="store_true", help="measure nothing: report the latest full run anew")
    return parser


def stores_here() -> Sequence[str]:
    """The stores that can be had on this machine; says which cannot."""
    offer = find_offer()
    for name, reason in offer.missing.items():
        print(f"bench: without {name}: {reason}")
    return offer.names


def some_of(names: Collection[str]) -> Callable[[str], Sequence[str]]:
    """Reads some of the names, with commas between them."""

    def parse(text: str) -> Sequence[str]:
        given = text.split(",")
        if unknown := [name for name in given if name not in names]:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}; there is {', '.join(names)}")
        return given

    return parse
