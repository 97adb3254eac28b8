"""Moderating comments."""
