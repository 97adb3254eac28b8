"""Revisions of posts."""
