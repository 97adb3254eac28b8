"""What is going on, for somebody who waits."""

import sys


def say(text: str) -> None:
    """Put it on the last line of the terminal; nothing where standard error is none."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
