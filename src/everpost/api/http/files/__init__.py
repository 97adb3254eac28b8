"""Uploads, and responses with the bytes of files."""
