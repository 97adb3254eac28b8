"""Deleted resources that can be restored."""
