"""Schemas of the trash."""
