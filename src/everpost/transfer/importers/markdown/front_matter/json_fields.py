"""Parse JSON. Numbers are kept as text."""

import json

from everpost.transfer.importers.markdown.front_matter.fields import FrontMatter, Unreadable


def read_json(text: str, start: int = 0) -> tuple[FrontMatter, int]:
    """The JSON value at this position, and where it ends. Raises Unreadable."""
    repeated: dict[str, None] = {}

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in pairs:
            if key in values:
                repeated[key] = None
            values[key] = value
        return values

    decoder = json.JSONDecoder(
        object_pairs_hook=collect, parse_int=str, parse_float=str, parse_constant=str, strict=False
    )
    try:
        value, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg}", text.count("\n", start, error.pos)) from error
    except RecursionError as error:
        raise Unreadable("not JSON: it is nested too deeply") from error
    return FrontMatter(value, tuple(repeated)), end
