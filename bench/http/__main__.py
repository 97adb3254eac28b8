"""`python -m bench.http`: see docs/performance.md, or `--help`."""

import asyncio
import shlex
import sys

from devtools.servers import Servers

from bench.http.measurement import count_round_trips, measure, measure_at_a_distance
from bench.http.operations import OPERATIONS
from bench.http.options import SAVED, Options, read_options
from bench.http.ratios import fallen, read_floors
from bench.http.report import render, write_plots
from bench.http.results import Results
from bench.http.subjects import describe_versions, serving
from bench.http.wrk import find_wrk
from bench.pages import PLOTS, write_part
from bench.servers import durable_servers
from everpost.benchmark.machine import describe_machine


async def run(options: Options, servers: Servers) -> Results:
    """Measure what the options select. Raises WrongAnswer, CannotStart."""
    command = shlex.join(["python", "-m", "bench.http", *sys.argv[1:]])
    machine = describe_machine()["machine"]
    results = Results(machine=machine, command=command, rounds=options.rounds, seconds=options.seconds)
    operations = [OPERATIONS[name] for name in options.operations]
    async with serving(servers, options.stores, options.subjects, operations, options.rounds) as subjects:
        results.versions = await describe_versions(subjects)
        await measure(subjects, operations, results)
        if options.in_full:
            await count_round_trips(subjects, operations, results)
            await measure_at_a_distance(subjects, operations, results)
    return results


def run_and_save(options: Options) -> Results:
    """Run, and save the results of a full run in `bench/results`."""
    find_wrk()
    with durable_servers() as servers:
        results = asyncio.run(run(options, servers))
    if options.in_full:
        results.save(SAVED)
    return results


def main() -> None:
    options = read_options()
    floors = read_floors()
    results = Results.load(SAVED) if options.again else run_and_save(options)
    print(render(results))
    if options.write:
        write_part("bench.http", render(results, plots=PLOTS.name))
        write_plots(results, PLOTS)
    if options.check:
        lines = list(fallen(results, floors))
        print("\n".join(lines) or "Every ratio is above its floor.")
        sys.exit(1 if lines else 0)


main()
