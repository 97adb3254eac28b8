"""The applications that Everpost is compared with: the tutorial's way, and the limit of the server."""

LATIN = "latin-1"
"""The encoding of any bytes as text."""
