"""Uploaded files: their type, clean copies without metadata, and resized copies of pictures. Pure.

These functions may take seconds, and much memory. Call `everpost.services.media` instead, which limits both.
"""
