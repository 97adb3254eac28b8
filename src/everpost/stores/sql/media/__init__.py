"""Uploaded files in SQL: the facts about them, their uses and their bytes."""
