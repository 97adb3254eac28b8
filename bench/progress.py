"""Progress, on the terminal."""

import sys


def say(text: str) -> None:
    """Show the text on the last line of the terminal; do nothing if standard error is not a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
