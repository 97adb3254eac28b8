"""A whole blog at once: read as it was at one moment, and written in the bulk way of each engine."""
