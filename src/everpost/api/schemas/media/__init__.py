"""Uploaded files as JSON."""
