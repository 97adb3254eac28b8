"""Rendering of untrusted content, in child processes with limits. Results are cached."""
