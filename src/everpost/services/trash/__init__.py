"""Deleting, restoring and removing for good."""
