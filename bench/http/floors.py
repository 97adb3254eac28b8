"""How low a ratio may fall, `bench/floors.toml`: a table for each store, a line for each ratio."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.http.ratios import RATIOS, measured
from bench.http.report import STORES
from bench.http.results import Results

FLOORS = Path(__file__).parents[1] / "floors.toml"

Floors = Mapping[str, Mapping[str, float]]
"""By store, then by the name of the ratio."""


def read_floors(file: Path = FLOORS) -> Floors:
    """ValueError: it names a store or a ratio that there is not, or a floor is no number."""
    floors = tomllib.loads(file.read_text())
    names = [ratio.name for ratio in RATIOS]
    for store, of_store in floors.items():
        if store not in STORES:
            raise ValueError(f"{file.name} has a table {store!r}; there is {', '.join(STORES)}")
        for name, floor in of_store.items():
            if name not in names or not isinstance(floor, int | float):
                raise ValueError(
                    f"{file.name}, {store}: {name} = {floor!r} is not a number for one of {', '.join(names)}"
                )
    return floors


def fallen(results: Results, floors: Floors) -> Iterator[str]:
    """A line for each ratio that was measured and is under its floor, or has none."""
    for ratio, store, value in measured(results):
        floor, is_now = floors.get(store, {}).get(ratio.name), ratio.written(value)
        if floor is None:
            yield f"{STORES[store]}: {ratio.title}: {is_now}, and no floor ({ratio.name})"
        elif value < floor:
            yield f"{STORES[store]}: {ratio.title}: {is_now}, under its floor of {ratio.written(floor)}"
