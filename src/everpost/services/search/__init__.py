"""Finding posts."""
