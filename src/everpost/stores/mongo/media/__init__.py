"""Uploaded files in MongoDB: the facts about them, their uses and their bytes."""
