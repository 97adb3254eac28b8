"""Archives: a whole blog in one file. docs/archive.md describes the format."""
