"""How fast Everpost answers over HTTP, compared with the tutorial's way and the limit: `python -m
bench.http`.
"""
