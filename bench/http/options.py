"""The options of a run."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.http.operations import EVERPOST, LIMIT, OPERATIONS, REFERENCE, TUTORIAL
from bench.http.ratios import RATIOS
from bench.servers import add_stores, available_stores, some_of

KINDS = (EVERPOST, REFERENCE, TUTORIAL, LIMIT)
QUICK = ("one-post", "list-10", "create")
FOR_RATIOS = tuple(dict.fromkeys(ratio.operation for ratio in RATIOS))
SAVED = Path(__file__).parents[1] / "results" / "http.json"


@dataclass(frozen=True)
class Options:
    """The options of one run."""

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
    """The options on the command line; ends the process if they are wrong."""
    given = _parser().parse_args()
    short = (QUICK, 1) if given.quick else (FOR_RATIOS, 2) if given.check else (tuple(OPERATIONS), 3)
    return Options(
        stores=given.stores or available_stores(),
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
    add_stores(parser)
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
