"""The main program of a media process: `python -m everpost.services.media.worker`."""

import os
import sys

from everpost.media.cleaner import clean
from everpost.media.refusals import Refused, TooCostly
from everpost.media.variants import variants_of
from everpost.services.child_processes.worker import place_of, serve
from everpost.services.media.messages import (
    read_task,
    write_failure,
    write_file,
    write_refusal,
    write_variants,
)

MAX_MEMORY = 1_200_000_000
"""Bytes of address space: 50 megapixels have 200 MB, of which the decoder of WebP holds four copies."""
_NICENESS = 10


def main() -> None:
    """Clean and resize files until the other end closes the pipe."""
    if sys.platform != "win32":
        os.nice(_NICENESS)  # requests come first
    serve(_answer, max_memory=MAX_MEMORY)


def _answer(message: bytes) -> bytes:
    """The result, the refusal, or the place of a mistake in a parser."""
    try:
        task = read_task(message)
        if isinstance(task, tuple):
            return write_file(clean(*task))
        return write_variants(variants_of(task))
    except Refused as refusal:
        return write_refusal(refusal)
    except MemoryError:
        return write_refusal(TooCostly("Reading this file takes too much memory."))
    except Exception as error:  # noqa: BLE001 - a mistake in a parser costs one file
        return write_failure(place_of(error))


if __name__ == "__main__":
    main()
