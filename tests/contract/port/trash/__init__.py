"""The trash."""
