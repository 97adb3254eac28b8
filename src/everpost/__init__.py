"""Everpost: a blog backend that outlives its database."""

__version__ = "0.1.0"
