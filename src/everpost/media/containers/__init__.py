"""File formats, taken apart and put together again without metadata. Compressed pixels are not touched.

Each module has a function that returns the clean file, and raises a `Refused`.
"""
