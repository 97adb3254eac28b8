"""How fast Everpost answers over HTTP, beside the tutorials' way and the limit: `python -m bench.http`."""
