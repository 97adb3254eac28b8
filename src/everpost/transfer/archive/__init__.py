"""A blog in one file: docs/archive.md describes it."""
