"""The trash in SQL."""
