"""How fast Everpost answers over HTTP, compared with the tutorials' way and the limit: `python -m
bench.http`.
"""
