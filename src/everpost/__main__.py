"""`python -m everpost` is `everpost`."""

from everpost.cli import main

main()
