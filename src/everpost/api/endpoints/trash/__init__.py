"""Endpoints of the trash."""
