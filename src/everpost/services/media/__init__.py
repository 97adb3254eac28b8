"""Cleaning and resizing of uploaded files, in child processes with limits."""
