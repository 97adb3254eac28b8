"""Bulk reading and writing of a whole blog: a snapshot out, and each engine's fastest way in."""
