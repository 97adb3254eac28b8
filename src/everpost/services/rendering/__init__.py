"""Rendering of untrusted content: in child processes with limits, each content once."""
